/** Of something that each of them has. */
export function sum<T>(all: readonly T[], amount: (each: T) => number): number {
  return all.reduce((total, each) => total + amount(each), 0);
}
