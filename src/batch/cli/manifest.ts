import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly version: string;
  /** The optional packages: those that only the commands need. Left out where they are installed as ordinary ones. */
  readonly peerDependenciesMeta?: Readonly<Record<string, object>>;
}

/** The package.json of this package, which is one folder further away where the code is compiled. */
export function readManifest(): Manifest {
  for (const up of ['../../..', '../../../..']) {
    try {
      return JSON.parse(readFileSync(join(__dirname, up, 'package.json'), 'utf8')) as Manifest;
    } catch {
      continue;
    }
  }
  throw new Error(`No package.json above ${__dirname}: reinstall temporal-limits`);
}

/** The packages of the commands that are not installed. The library does without them. */
export function missingPackages(): string[] {
  return Object.keys(readManifest().peerDependenciesMeta ?? {}).filter((name) => !isInstalled(name));
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
