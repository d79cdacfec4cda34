/** What `npm audit --json` says, as far as it matters here. */
export interface AuditAnswer {
  /** By package. */
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
  /** Why there are none: the registry did not answer. */
  readonly message?: string;
  readonly statusCode?: number;
}

interface Vulnerability {
  readonly severity: string;
  /** Versions that have it. */
  readonly range: string;
  /** Where it is installed, as in the lock file. */
  readonly nodes: readonly string[];
}

/** The packages of package-lock.json by where they are installed. */
export type LockedPackages = Readonly<Record<string, LockedPackage>>;

/** What one of them asks for, by name. */
interface LockedPackage {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What is to be said of an audit; the last line has its figures. */
export interface Verdict {
  readonly lines: readonly string[];
  /** A package that users of this one get is vulnerable. */
  readonly isBad: boolean;
}

/** Sorts what was found by who gets it: users, or only those who work on this package. */
export function verdictOf({ vulnerabilities, message, statusCode }: AuditAnswer, locked: LockedPackages): Verdict {
  if (vulnerabilities === undefined) {
    const reason = statusCode ?? message ?? 'for no reason that npm gives';
    return { lines: [`the registry does not answer audits (${reason}): nothing is known`], isBad: false };
  }
  const users = installedForUsers(locked);
  const found = Object.entries(vulnerabilities).map(([name, { severity, range, nodes }]) => {
    const isForUsers = nodes.some((node) => users.has(node));
    return { isForUsers, line: `${name} ${range}: ${severity}, ${isForUsers ? 'for users' : 'in development only'}` };
  });
  const forUsers = found.filter(({ isForUsers }) => isForUsers).length;
  const figures = `vulnerable packages: ${forUsers} for users, ${found.length - forUsers} in development only`;
  return { lines: [...found.map(({ line }) => line), figures], isBad: forUsers > 0 };
}

/**
 * Where the packages are that users get: the root's dependencies and peers, optional ones included, and all that those
 * ask for. All of them are development dependencies as well, so the lock file's `dev` does not tell.
 */
function installedForUsers(locked: LockedPackages): ReadonlySet<string> {
  const found = new Set(['']);
  // a set's iteration takes up what is added on the way
  for (const at of found) {
    const { dependencies, optionalDependencies, peerDependencies } = locked[at] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const place = placesFrom(at)
        .map((folder) => `${folder}node_modules/${name}`)
        .find((candidate) => candidate in locked);
      if (place !== undefined) found.add(place);
    }
  }
  return found;
}

/** The folders in which Node looks for a package that is asked for at a place: there, and outwards. */
function placesFrom(at: string): string[] {
  if (at === '') return [''];
  const outer = at.lastIndexOf('node_modules/');
  return [`${at}/`, ...placesFrom(at.slice(0, outer).replace(/\/$/, ''))];
}
