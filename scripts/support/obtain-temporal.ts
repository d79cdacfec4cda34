import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import {
  answersAsTemporal,
  EXECUTABLE_NAME,
  findTemporal,
  type TemporalSource,
} from '../../src/client/dev-server/find-temporal';
import { cacheFolder } from '../../src/client/files/user-folders';
import { TemporalServerNotFoundError } from '../../src/client/dev-server/dev-server-errors';

const run = promisify(execFile);

/** The version that `go install` builds; the server in it is 1.29.1. */
const GO_PACKAGE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

/** A connection that neither fails nor delivers must leave time for the next way. */
const DOWNLOAD_TIMEOUT_MS = 3 * 60_000;
const BUILD_TIMEOUT_MS = 15 * 60_000;

/** Puts a Temporal command somewhere into `folder` and returns the path of what it put there. */
export type Obtain = (folder: string, environment: NodeJS.ProcessEnv) => Promise<string>;

/** What may be looked at and done; for tests, which must neither find a real server nor fetch one. */
export interface ObtainTemporalOptions {
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
  /** @default the SDK's own download */
  readonly download?: Obtain;
  /** Gets one line about each step that takes minutes. @default writes to stderr */
  readonly announce?: (line: string) => void;
}

/**
 * Finds a Temporal server as the package does. Where there is none, it downloads the command with the SDK, or builds it
 * with `go install`, into the cache folder (`XDG_CACHE_HOME` or `~/.cache`, and there `temporal-limits`). The package
 * looks there too, so that every program started afterwards finds it.
 *
 * @throws {@link TemporalServerNotFoundError} if every way failed; it says which and why.
 */
export async function obtainTemporal(options: ObtainTemporalOptions = {}): Promise<TemporalSource> {
  const { environment = process.env, download = downloadTemporal, announce = announceOnStderr } = options;
  const found = await findTemporal(environment).catch((error: unknown) => {
    // a command that was named is not replaced by another
    if (error instanceof TemporalServerNotFoundError && !environment['TEMPORAL_CLI']) return error;
    throw error;
  });
  if (!(found instanceof TemporalServerNotFoundError)) return found;

  const tried = [...found.tried];
  const ways = [
    { name: 'the download of the Temporal SDK', announced: 'downloading it', obtain: download },
    { name: 'go install', announced: 'building it with `go install`, about two minutes', obtain: buildTemporal },
  ];
  for (const { name, announced, obtain } of ways) {
    announce(`temporal-limits: no Temporal server on this machine yet; ${announced} (only this once).`);
    try {
      const path = await obtainInto(cacheFolder(environment), obtain, environment);
      if (await answersAsTemporal(path, environment)) return { kind: 'executable', path };
      tried.push(`${name}: ${path} does not run here`);
    } catch (error) {
      tried.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new TemporalServerNotFoundError(tried);
}

function announceOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Lets `obtain` work in a folder of its own and moves the result into place in one step: two processes that start at
 * once then never run, or overwrite, each other's half-written file, and an interrupted one leaves no broken server.
 */
async function obtainInto(folder: string, obtain: Obtain, environment: NodeJS.ProcessEnv): Promise<string> {
  await mkdir(folder, { recursive: true });
  const staging = await mkdtemp(join(folder, 'incoming-'));
  try {
    const executable = join(folder, EXECUTABLE_NAME);
    await rename(await obtain(staging, environment), executable);
    return executable;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/**
 * Has the SDK download the server made for its version. The SDK can only do so by starting that server, natively and
 * without a deadline; in a process of its own it can be ended, and does not take the one runtime of this process.
 */
async function downloadTemporal(folder: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const program = `
    const { TestWorkflowEnvironment } = require(${JSON.stringify(require.resolve('@temporalio/testing'))});
    const executable = { type: 'cached-download', downloadDir: process.argv[1] };
    TestWorkflowEnvironment.createLocal({ server: { executable } }).then((environment) => environment.teardown());
  `;
  const failure = await run(process.execPath, ['-e', program, folder], {
    env: { ...environment, NODE_OPTIONS: '' },
    timeout: DOWNLOAD_TIMEOUT_MS,
  }).then(() => undefined, firstLine);
  // A slow machine may miss the SDK's five seconds for the start, with the download complete.
  const downloaded = (await readdir(folder)).find((file) => !file.endsWith('.downloading'));
  if (downloaded === undefined) throw new Error(failure ?? 'the SDK left no file behind');
  return join(folder, downloaded);
}

/** Builds the server from the public Go module. */
async function buildTemporal(folder: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const failure = await run('go', ['install', GO_PACKAGE], {
    env: { ...environment, GOBIN: folder },
    timeout: BUILD_TIMEOUT_MS,
  }).then(() => undefined, firstLine);
  if (failure !== undefined) throw new Error(failure);
  return join(folder, EXECUTABLE_NAME);
}

/** The one line of a failed command that says why; Node's own message repeats the command, here a whole program. */
function firstLine(failure: Error & { stderr?: string; killed?: boolean; code?: unknown }): string {
  if (failure.killed === true) return 'it took too long';
  if (failure.code === 'ENOENT') return 'the command is not installed';
  const lines = (failure.stderr ?? '').split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /error|fail|cannot|unable/i.test(line)) ?? lines.find((line) => line !== '') ?? failure.message
  );
}
