import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Manifest {
  readonly version: string;
  /** The packages that are installed beside this one, each with its range. */
  readonly peerDependencies?: Readonly<Record<string, string>>;
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

/**
 * The packages of the commands that are not installed, or only with another major version, such as one that another
 * package has brought along. The library does without them.
 */
export function missingPackages(): string[] {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = readManifest();
  return Object.keys(peerDependenciesMeta).flatMap((name) => {
    if (!isInstalled(name)) return [name];
    const [needed, found] = [majorOf(peerDependencies[name]), majorOf(installedVersion(name))];
    return needed === undefined || found === undefined || needed === found
      ? []
      : [`${name} ${needed} (found ${found})`];
  });
}

/** The first number of a version, or of a range. */
function majorOf(version: string | undefined): string | undefined {
  return version === undefined ? undefined : /\d+/.exec(version)?.[0];
}

/** Nothing where the packages are not in folders. */
function installedVersion(name: string): string | undefined {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as Manifest).version;
    } catch {
      continue;
    }
  }
  return undefined;
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
