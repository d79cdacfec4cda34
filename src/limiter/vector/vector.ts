/**
 * Amounts of the limits of one set, in the order of its definitions: units of the rate and call limits, permits of the
 * resource limits. What a vector leaves out is 0.
 */
export type Vector = readonly number[];

/** What rounding may come to in sums of fractions, relative to the sums. */
export const ROUNDING = 1e-9;

/** Zero of each limit. */
export function zeros(limits: number): number[] {
  return new Array<number>(limits).fill(0);
}

/** The amount of one limit. */
export function at(vector: Vector, index: number): number {
  return vector[index] ?? 0;
}

/** Adds to one limit's amount, in place. */
export function addAt(total: number[], index: number, amount: number): void {
  total[index] = at(total, index) + amount;
}

/** Adds a multiple of the amounts, in place. */
export function addTo(total: number[], amounts: Vector, times = 1): void {
  for (let i = 0; i < amounts.length; i += 1) addAt(total, i, times * at(amounts, i));
}

export function sum(a: Vector, b: Vector): number[] {
  return a.map((amount, i) => amount + at(b, i));
}

/** The larger amount of each limit. */
export function larger(a: Vector, b: Vector): number[] {
  return a.map((amount, i) => Math.max(amount, at(b, i)));
}

/** The smaller amount of each limit. */
export function smaller(a: Vector, b: Vector): number[] {
  return a.map((amount, i) => Math.min(amount, at(b, i)));
}

/** Whether it is nothing of any limit. */
export function isZero(vector: Vector): boolean {
  return vector.every((amount) => amount === 0);
}

/** Whether one is more than the other of some limit. */
export function exceeds(a: Vector, b: Vector): boolean {
  return a.some((amount, i) => amount > at(b, i));
}
