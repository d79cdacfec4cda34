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
export type LockedPackages = Readonly<Record<string, { readonly dev?: boolean }>>;

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
  const found = Object.entries(vulnerabilities).map(([name, { severity, range, nodes }]) => {
    const isForUsers = nodes.some((node) => locked[node]?.dev !== true);
    return { isForUsers, line: `${name} ${range}: ${severity}, ${isForUsers ? 'for users' : 'in development only'}` };
  });
  const forUsers = found.filter(({ isForUsers }) => isForUsers).length;
  const figures = `vulnerable packages: ${forUsers} for users, ${found.length - forUsers} in development only`;
  return { lines: [...found.map(({ line }) => line), figures], isBad: forUsers > 0 };
}
