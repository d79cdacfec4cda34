/** Deeper than any library wraps; an error may be its own cause, and no search may then go on for ever. */
const DEEPEST = 8;

/** Most errors looked at: each may name several others. */
const MOST_ERRORS = 64;

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
  const errors = field(error, 'errors');
  if (Array.isArray(errors)) for (const member of errors) yield* errorChain(member, depth + 1, seen);
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

/**
 * Every name that an error goes by: its `type` if it is an `ApplicationFailure`, its `name`, and those of its class and
 * of the classes above it. `instanceof` would overlook errors that crossed Temporal, another realm, or a second copy of
 * the package that they come from.
 */
export function errorNames(error: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  if (typeof error !== 'object' || error === null) return names;
  const { name, type } = error as { readonly name?: unknown; readonly type?: unknown };
  // an error of a provider has a `type` too, of its own making
  if (name === 'ApplicationFailure' && typeof type === 'string') names.add(type);
  if (typeof name === 'string') names.add(name);
  for (const above of classNames(Object.getPrototypeOf(error))) names.add(above);
  return names;
}

/** Whether this is a class of errors, also one of another realm. */
export function isErrorClass(value: unknown): value is ErrorClass {
  if (typeof value !== 'function') return false;
  const { prototype } = value as { readonly prototype?: unknown };
  return classNames(prototype).includes('Error');
}

/** A class of errors, whatever its constructor takes. */
export type ErrorClass = abstract new (...args: never[]) => Error;

function classNames(prototype: unknown): string[] {
  const names: string[] = [];
  for (let above = prototype; typeof above === 'object' && above !== null; above = Object.getPrototypeOf(above)) {
    const { constructor: maker } = above as { readonly constructor?: unknown };
    if (typeof maker === 'function' && maker !== Object) names.push(maker.name);
  }
  return names;
}

/** Codes that Node and undici give an attempt that ended before there was a connection. */
const BEFORE_CONNECTING = new Set(['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']);

/** Codes that say so only of the system call that makes the connection. */
const WHILE_CONNECTING = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Whether an error, or one of its causes, shows that no connection was made (`ECONNREFUSED`, `ENOTFOUND`, `EAI_AGAIN`, a
 * timeout while connecting): whatever was asked for cannot have been used. It knows nothing of requests that were made
 * before the one that failed.
 */
export function showsNothingWasSent(error: unknown): boolean {
  for (const each of errorChain(error)) {
    const [code, syscall] = [field(each, 'code'), field(each, 'syscall')];
    if (typeof code !== 'string') continue;
    if (BEFORE_CONNECTING.has(code) || (WHILE_CONNECTING.has(code) && syscall === 'connect')) return true;
  }
  return false;
}
