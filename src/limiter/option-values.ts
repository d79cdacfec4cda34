import { describeValue } from './describe-value';
import { InvalidLimitError } from './errors/invalid-limit-error';

/** @throws InvalidLimitError naming the option, unless it is a boolean */
export function checkBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new InvalidLimitError(option, `expected a boolean, got ${describeValue(value)}`);
}

/** @throws InvalidLimitError naming the option, unless it is a whole number from `from` to `to`, both included */
export function checkWhole(option: string, value: unknown, from: number, to = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to) return value as number;
  const range = to === Number.MAX_SAFE_INTEGER ? `from ${from}` : `from ${from} to ${to}`;
  throw new InvalidLimitError(option, `expected a whole number ${range}, got ${describeValue(value)}`);
}
