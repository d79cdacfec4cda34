import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** File name of the Temporal command on this platform. */
export const EXECUTABLE_NAME = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** A machine under load may take its time, but a command that hangs must not hang the resolver. */
const PROBE_TIMEOUT_MS = 20_000;

/** The folder in which this package keeps a server that it fetched or built, for the next run. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment['XDG_CACHE_HOME'] || join(homeFolder(environment), '.cache'), 'temporal-limits');
}

/** Every folder that may hold the Temporal command, the likeliest and cheapest to learn of first. */
export async function* executableFolders(environment: NodeJS.ProcessEnv): AsyncGenerator<string> {
  const path = environment['PATH'] ?? '';
  yield* path.split(delimiter).filter((folder) => folder !== '');
  yield cacheFolder(environment);
  yield join(homeFolder(environment), 'go', 'bin');
  yield* await goBinFolders(environment);
}

/** Whether a file can be executed at all; most folders simply have none. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Whether a file really is a Temporal command that runs here: a half-written download, a build for another
 * architecture and an unrelated program of the same name would otherwise only show as a server that never answers.
 */
export async function answersAsTemporal(file: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  return run(file, ['--version'], { env: environment, timeout: PROBE_TIMEOUT_MS }).then(
    ({ stdout }) => stdout.startsWith('temporal version'),
    () => false,
  );
}

/** Where `go install` puts commands; `go env` also knows what `go env -w` set, which no variable shows. */
async function goBinFolders(environment: NodeJS.ProcessEnv): Promise<string[]> {
  return run('go', ['env', 'GOBIN', 'GOPATH'], { env: environment, timeout: PROBE_TIMEOUT_MS }).then(
    ({ stdout }) => {
      const [bin = '', paths = ''] = stdout.split(/\r?\n/);
      const perPath = paths.split(delimiter).filter((folder) => folder !== '');
      return [...(bin === '' ? [] : [bin]), ...perPath.map((folder) => join(folder, 'bin'))];
    },
    () => [],
  );
}

function homeFolder(environment: NodeJS.ProcessEnv): string {
  return environment['HOME'] || homedir();
}
