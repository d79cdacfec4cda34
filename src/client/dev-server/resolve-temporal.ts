import { join } from 'node:path';

import { buildTemporal, downloadTemporal, type ObtainTemporal, obtainInto } from './obtain-temporal';
import {
  answersAsTemporal,
  cacheFolder,
  EXECUTABLE_NAME,
  executableFolders,
  isExecutable,
} from './temporal-executables';
import { TemporalServerNotFoundError } from './dev-server-errors';

/** Where a Temporal server comes from: one that runs already, or a command that can start one. */
export type TemporalSource =
  { readonly kind: 'address'; readonly address: string } | { readonly kind: 'executable'; readonly path: string };

/** What the resolver looks at and may do; for tests, which must neither find a real server nor fetch one. */
export interface ResolveTemporalOptions {
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
  /** @default the SDK's own download */
  readonly download?: ObtainTemporal;
  /** Told, in one line, of a step that takes minutes. @default writes to stderr */
  readonly announce?: (line: string) => void;
}

/**
 * Finds a Temporal server, or gets one. In order: `TEMPORAL_ADDRESS`; a `temporal` command on the PATH, in this
 * package's cache or among Go's commands; the SDK's download; `go install`. What had to be fetched or built stays in
 * the cache folder (`XDG_CACHE_HOME`, or `~/.cache`, and there `temporal-limits`).
 *
 * @throws {@link TemporalServerNotFoundError} if every way failed; it says which and why.
 */
export async function resolveTemporal(options: ResolveTemporalOptions = {}): Promise<TemporalSource> {
  const { environment = process.env, download = downloadTemporal, announce = announceOnStderr } = options;

  const address = environment['TEMPORAL_ADDRESS'];
  if (address) return { kind: 'address', address };

  const tried = ['TEMPORAL_ADDRESS: not set'];
  const found = await findExecutable(environment, tried);
  if (found !== undefined) return { kind: 'executable', path: found };

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

async function findExecutable(environment: NodeJS.ProcessEnv, tried: string[]): Promise<string | undefined> {
  const seen = new Set<string>();
  for await (const folder of executableFolders(environment)) {
    const file = join(folder, EXECUTABLE_NAME);
    if (seen.has(file)) continue;
    seen.add(file);
    if (!(await isExecutable(file))) continue;
    if (await answersAsTemporal(file, environment)) return file;
    tried.push(`${file}: does not answer to --version`);
  }
  tried.push(`\`${EXECUTABLE_NAME}\`: in none of ${[...seen].join(', ')}`);
  return undefined;
}

function announceOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
