import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import { cacheFolder, homeFolder } from '../files/user-folders';
import { TemporalServerNotFoundError } from './dev-server-errors';

const run = promisify(execFile);

/** File name of the Temporal command on this platform. */
export const EXECUTABLE_NAME = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** Covers a machine under load; a command that hangs must not hang the search. */
const PROBE_TIMEOUT_MS = 20_000;

/** Where a Temporal server comes from: one that runs already, or a command that can start one. */
export type TemporalSource =
  { readonly kind: 'address'; readonly address: string } | { readonly kind: 'executable'; readonly path: string };

/**
 * Finds a Temporal server: `TEMPORAL_ADDRESS`, else the command that `TEMPORAL_CLI` names, else a `temporal` command on
 * the PATH or in a folder where its installers put it.
 *
 * @throws {@link TemporalServerNotFoundError} that lists what was tried
 */
export async function findTemporal(environment: NodeJS.ProcessEnv = process.env): Promise<TemporalSource> {
  const address = environment['TEMPORAL_ADDRESS'];
  if (address) return { kind: 'address', address };

  const tried = ['TEMPORAL_ADDRESS: not set'];
  const named = environment['TEMPORAL_CLI'];
  if (!named) tried.push('TEMPORAL_CLI: not set');
  const seen = new Set(named ? [named] : executableFolders(environment).map((folder) => join(folder, EXECUTABLE_NAME)));
  for (const path of seen) {
    if (await answersAsTemporal(path, environment)) return { kind: 'executable', path };
    if (named || (await isExecutable(path))) tried.push(`${path}: does not answer to --version`);
  }
  if (!named) tried.push(`\`${EXECUTABLE_NAME}\`: in none of ${[...seen].join(', ')}`);
  throw new TemporalServerNotFoundError(tried);
}

/**
 * Whether a file is a Temporal command that runs here. A half-written download, a build for another architecture or an
 * unrelated program of that name would otherwise look like a server that never answers.
 */
export async function answersAsTemporal(file: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  return run(file, ['--version'], { env: environment, timeout: PROBE_TIMEOUT_MS }).then(
    ({ stdout }) => stdout.startsWith('temporal version'),
    () => false,
  );
}

/** The PATH first, then where the CLI's own installer and Go put commands. */
function executableFolders(environment: NodeJS.ProcessEnv): string[] {
  const home = homeFolder(environment);
  const { PATH = '', GOBIN = '' } = environment;
  const folders = [...PATH.split(delimiter), join(home, '.temporalio', 'bin'), cacheFolder(environment)];
  return [...folders, GOBIN, join(home, 'go', 'bin')].filter((folder) => folder !== '');
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
