import { describeValue } from '../errors/describe-value';
import { InvalidLimitError } from '../errors/definition-errors';

/**
 * A length of time: a number of milliseconds, or a number with its unit (`ms`, `s`, `m`, `h`, `d` or the English word),
 * as in the Temporal SDK.
 *
 * @example
 * const durations: Duration[] = [500, '500ms', '30s', '1.5 minutes', '2h'];
 */
export type Duration = number | string;

const UNITS_MS: readonly (readonly [unit: RegExp, ms: number])[] = [
  [/^(ms|msecs?|milliseconds?)$/i, 1],
  [/^(s|secs?|seconds?)$/i, 1_000],
  [/^(m|mins?|minutes?)$/i, 60_000],
  [/^(h|hrs?|hours?)$/i, 3_600_000],
  [/^(d|days?)$/i, 86_400_000],
];

const NUMBER_AND_UNIT = /^(\d*\.?\d+) ?([a-z]*)$/i;

/**
 * A duration in milliseconds; `Infinity` stays what it is.
 *
 * @param option What the duration is for, named by the error
 * @throws InvalidLimitError if it is negative, not a number, or of no known unit
 */
export function durationToMs(option: string, duration: Duration): number {
  const ms = typeof duration === 'string' ? parse(duration) : duration;
  if (typeof ms !== 'number' || !(ms >= 0)) {
    throw new InvalidLimitError(
      option,
      `expected milliseconds from 0, or a text like '30s' or '500ms', got ${describeValue(duration)}`,
    );
  }
  return ms;
}

function parse(text: string): number {
  // a bound on the length, so that a hostile text costs nothing
  const match = text.length <= 100 ? NUMBER_AND_UNIT.exec(text.trim()) : null;
  if (match === null) return NaN;
  const [, count, unit = ''] = match;
  const unitMs = unit === '' ? 1 : UNITS_MS.find(([words]) => words.test(unit))?.[1];
  return Number(count) * (unitMs ?? NaN);
}
