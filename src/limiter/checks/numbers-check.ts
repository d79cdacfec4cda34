/** A whole number from 0. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The largest amount: beyond, one unit more is no longer told apart, and sums overflow. */
export const MOST_AMOUNT = Number.MAX_SAFE_INTEGER;

/** A number from 0 on that can be added up with others. */
export const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= MOST_AMOUNT;

/** So many amounts. */
export const isAmounts = (value: unknown, length: number): value is number[] =>
  Array.isArray(value) && value.length === length && value.every(isAmount);

/** So many finite numbers. */
export const isRow = (value: unknown, length: number): value is number[] =>
  Array.isArray(value) && value.length === length && value.every(Number.isFinite);
