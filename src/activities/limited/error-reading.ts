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
