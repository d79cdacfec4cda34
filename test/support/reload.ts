/** What another process gets of a value. */
export function reload<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
