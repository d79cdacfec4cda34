/**
 * Amounts of the limits of one set, in the order of its definitions: units of the rate and call limits, permits of the
 * resource limits. What a vector leaves out is 0.
 */
export type Vector = readonly number[];

/** Nothing of so many limits. */
export function zeros(limits: number): number[] {
  return new Array<number>(limits).fill(0);
}

/** The amount of one limit. */
export function at(vector: Vector, index: number): number {
  return vector[index] ?? 0;
}
