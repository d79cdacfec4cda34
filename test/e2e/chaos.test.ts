import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');

/** The last line of `npm run chaos` with these options. Fails where that does. */
async function lastLine(...options: readonly string[]): Promise<string | undefined> {
  const command = ['--import', 'tsx', 'chaos/main.ts', ...options];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: ROOT });
  return stdout.trimEnd().split('\n').at(-1);
}

it('a process that stands still for longer than its lease is replaced, and told so when it continues', async () => {
  expect(await lastLine('--only', 'freeze', '--seconds', '4')).toMatch(
    /^chaos: 1 faults, 0 broken promises, \d{2,} items, 0 units over the limit, 0 refused, 0 lost, 0 doubled, /,
  );
});
