/** Matches an error by its data; `instanceof` does not hold across realms, so nobody should rely on it. */
export function errorWith(fields: Readonly<Record<string, unknown>>): Error {
  return expect.objectContaining(fields) as Error;
}
