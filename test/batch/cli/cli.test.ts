import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { resolve } from 'node:path';

const FULL = '/dev/full';
const onLinux = existsSync(FULL) ? it : it.skip;

onLinux('what cannot be printed is no success', () => {
  const full = openSync(FULL, 'w');
  const cli = resolve(__dirname, '../../../src/batch/cli/cli.ts');
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', cli, '--version'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect({ status, stderr }).toEqual({ status: 1, stderr: 'the output cannot be written (ENOSPC)\n' });
});
