import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's folder for what can be made again: bundled workflow code, and commands that the repository's scripts built. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment['XDG_CACHE_HOME'] || join(homeFolder(environment), '.cache'), 'temporal-limits');
}

export function homeFolder(environment: NodeJS.ProcessEnv): string {
  return environment['HOME'] || homedir();
}
