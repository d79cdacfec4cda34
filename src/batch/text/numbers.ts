import { durationText } from '../../limiter/errors/duration-text';

/** More says no more. */
const MOST_SHARE = 9.99;

/** A share as a percentage; a dash for one that could not be measured. */
export function percentText(share: number, digits = 0): string {
  if (!Number.isFinite(share)) return '–';
  return share > MOST_SHARE ? '>999 %' : `${(share * 100).toFixed(digits)} %`;
}

/** How long it is from one moment to another, both in milliseconds. */
export function betweenText(from: number, to: number): string {
  return durationText((to - from) / 1000);
}

/** `1,234,567`, and no more than two digits of a fraction; of less than 1, the first three that are not 0: `0.00425`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US', Math.abs(count) < 1 ? BELOW_ONE : { maximumFractionDigits: 2 });
}

/** What is smaller is left by rounding. */
const BELOW_ONE = { maximumSignificantDigits: 3, maximumFractionDigits: 9, roundingPriority: 'lessPrecision' } as const;

/** `1 item`, `2 items`. */
export function numberOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** A moment, in milliseconds since the epoch, as `2026-01-31 09:05:00 UTC`. */
export function momentText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
