/** Deeper than any library wraps; an error may be its own cause, and no search may then run forever. */
const DEEPEST = 8;

/** Most errors looked at: each may name several others. */
const MOST_ERRORS = 64;

/** Most members of a list looked at. */
const MOST_MEMBERS = 100;

/**
 * An error and what it was caused by: `cause` after `cause`, the `lastError` of an error of retries, and every member of an
 * `AggregateError`. Each comes once.
 */
export function* errorChain(
  error: unknown,
  depth = 0,
  seen = new Set<unknown>(),
): Generator<Readonly<Record<string, unknown>>> {
  if (typeof error !== 'object' || error === null) return;
  if (depth > DEEPEST || seen.has(error) || seen.size >= MOST_ERRORS) return;
  seen.add(error);
  yield error as Readonly<Record<string, unknown>>;
  yield* errorChain(field(error, 'cause'), depth + 1, seen);
  yield* errorChain(field(error, 'lastError'), depth + 1, seen);
  for (const member of members(field(error, 'errors'))) yield* errorChain(member, depth + 1, seen);
}

/** A field of whatever this is; `undefined` if reading it fails. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return (value as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}

/** What a list begins with; nothing if it is none, or reading it fails. */
export function members(value: unknown): readonly unknown[] {
  try {
    return Array.isArray(value) ? (value as readonly unknown[]).slice(0, MOST_MEMBERS) : [];
  } catch {
    return [];
  }
}

/** The names of an object's fields; none if reading them fails. */
export function namesOf(value: object): readonly string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** Codes that Node and undici give an attempt that ended before there was a connection. */
const BEFORE_CONNECTING = new Set(['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']);

/** Codes that say so only of the system call that makes the connection. */
const WHILE_CONNECTING = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Whether an error, or one of its causes, shows that no connection was made (`ECONNREFUSED`, `ENOTFOUND`, `EAI_AGAIN`,
 * a timeout while connecting). Then the failed request used nothing. It does not know about earlier requests of the
 * same call.
 *
 * @example
 * const activities = {
 *   complete: limited(complete, { usageOnError: (error) => (showsNothingWasSent(error) ? 'notSent' : 'unknown') }),
 * };
 */
export function showsNothingWasSent(error: unknown): boolean {
  for (const each of errorChain(error)) {
    const [code, syscall] = [field(each, 'code'), field(each, 'syscall')];
    if (typeof code !== 'string') continue;
    if (BEFORE_CONNECTING.has(code) || (WHILE_CONNECTING.has(code) && syscall === 'connect')) return true;
  }
  return false;
}
