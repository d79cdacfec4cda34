/** A deep copy of plain JSON. The workflow sandbox has no `structuredClone`. */
export function cloneJSON<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
