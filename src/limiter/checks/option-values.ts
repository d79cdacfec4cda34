import { describeValue } from '../errors/describe-value';
import { InvalidLimitError } from '../errors/definition-errors';
import { nearest } from './nearest';

/** @throws InvalidLimitError naming the option, unless it is a boolean */
export function checkBoolean(option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new InvalidLimitError(option, `expected a boolean, got ${describeValue(value)}`);
}

/** @throws InvalidLimitError naming the option, unless it is a function */
export function checkFunction(option: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new InvalidLimitError(option, `expected a function, got ${describeValue(value)}`);
}

/** @throws InvalidLimitError naming the option, and what a slip of the keyboard was to be, unless it is one of `known` */
export function checkOneOf<Value extends string>(option: string, value: unknown, known: readonly Value[]): Value {
  if ((known as readonly unknown[]).includes(value)) return value as Value;
  const meant = typeof value === 'string' ? nearest(value, known) : undefined;
  const suggestion = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new InvalidLimitError(option, `expected one of ${known.join(', ')}, got ${describeValue(value)}${suggestion}`);
}

/** @throws InvalidLimitError naming the option, unless it is a whole number from `from` to `to`, both included */
export function checkWhole(option: string, value: unknown, from: number, to = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to) return value as number;
  const range = to === Number.MAX_SAFE_INTEGER ? `from ${from}` : `from ${from} to ${to}`;
  throw new InvalidLimitError(option, `expected a whole number ${range}, got ${describeValue(value)}`);
}
