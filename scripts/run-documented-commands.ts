/**
 * Runs the commands of the documents that need no server and less than a minute, and lists the others with what runs them:
 * `npm run docs:commands`. `test/e2e/documented-commands.test.ts` runs those for limit sets, on a server.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { documentedCommands, runBy, type RunBy } from '../test/support/documented-commands';

const root = path.resolve(__dirname, '..');
const commands = new Map(documentedCommands().map((line) => [line.text, runBy(line)]));

let failed = 0;
const toRun = new Set([...commands].flatMap(([text, how]) => (how?.by === 'script' ? [how.as ?? text] : [])));
for (const command of toRun) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(command, { cwd: root, shell: true, encoding: 'utf8' });
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${command} (${seconds} s)`);
  if (status === 0) continue;
  failed += 1;
  console.log(`${stdout}${stderr}`);
}

console.log('\nNot run here:');
for (const [text, how] of [...commands].sort()) {
  if (how?.by !== 'script') console.log(`  ${text}: ${reasonOf(how)}`);
}
console.log(`\n${toRun.size} commands were run, ${failed} failed`);
if (failed > 0) process.exitCode = 1;

function reasonOf(how: Exclude<RunBy, { readonly by: 'script' }> | undefined): string {
  switch (how?.by) {
    case undefined:
      return 'no rule knows it';
    case 'test':
      return 'test/e2e/documented-commands.test.ts';
    case 'elsewhere':
      return how.where;
    case 'nobody':
      return how.reason;
  }
}
