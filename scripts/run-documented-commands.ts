/**
 * Runs the commands of the documents that need no server and less than a minute, and lists the others with what runs them:
 * `npm run docs:commands`. `-- --all` also runs those that need minutes, other programs, or replace files of this repository.
 * `-- --only TEXT` runs those with that text in them. `test/e2e/documented-commands.test.ts` runs those for limit sets, on a
 * server.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type ByScript, documentedCommands, runBy, type RunBy } from '../test/support/documented-commands';
import { commandLine } from './support/command-line';

const root = path.resolve(__dirname, '..');
const { all, only } = commandLine(readArguments, 'options: --all, or --only TEXT');
const commands = new Map(documentedCommands().map((line) => [line.text, runBy(line)]));

let failed = 0;
const toRun = new Set([...commands].flatMap(([text, how]) => (isRunHere(text, how) ? [how.as ?? text] : [])));
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
  if (!isRunHere(text, how)) console.log(`  ${text}: ${reasonOf(how)}`);
}
console.log(`\n${toRun.size} commands were run, ${failed} failed`);
if (failed > 0 || toRun.size === 0) process.exitCode = 1;

function readArguments(args: readonly string[]): { readonly all: boolean; readonly only: string | undefined } {
  const { values } = parseArgs({ args: [...args], options: { all: { type: 'boolean' }, only: { type: 'string' } } });
  return { all: values.all ?? false, only: values.only };
}

function isRunHere(text: string, how: RunBy | undefined): how is ByScript {
  if (how?.by !== 'script') return false;
  return only === undefined ? all || how.needs === undefined : text.includes(only);
}

function reasonOf(how: RunBy | undefined): string {
  switch (how?.by) {
    case undefined:
      return 'no rule knows it';
    case 'test':
      return 'test/e2e/documented-commands.test.ts';
    case 'script':
      return how.needs === undefined ? 'npm run docs:commands' : `${how.needs}: npm run docs:commands -- --all`;
    case 'elsewhere':
      return how.where;
    case 'nobody':
      return how.reason;
  }
}
