import { LONGEST_RETRY_DELAY_MS } from './retry-delay';

/** The present, and how dates are read: the limiter has no clock of its own. */
export interface Present {
  /** Unit: milliseconds since the Unix epoch. */
  readonly now: number;
  /** As `Date.parse`. */
  readonly parseDate: (text: string) => number;
}

/** Reads a header by its name in lower case. */
export type ReadHeader = (name: string) => string | undefined;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PLAIN_NUMBER = /^\d+(?:\.\d+)?$/;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T/;
/** Numbers from here on are moments and not durations: seconds, and milliseconds, since the Unix epoch. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MS = 1e12;

/** The headers in which providers tell of one limit: what it is, how much is left, and when it is whole again. */
export interface LimitHeaders {
  /** What the provider calls it. */
  readonly name: string;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

/** OpenAI and Azure OpenAI name the unit last, Anthropic before; GitHub and the earlier IETF drafts tell of one limit. */
export const LIMIT_HEADERS: readonly LimitHeaders[] = [
  ...['ratelimit', 'x-ratelimit'].map((prefix) => ({
    name: 'default',
    limit: `${prefix}-limit`,
    remaining: `${prefix}-remaining`,
    reset: `${prefix}-reset`,
  })),
  ...['requests', 'tokens'].map((name) => ({
    name,
    limit: `x-ratelimit-limit-${name}`,
    remaining: `x-ratelimit-remaining-${name}`,
    reset: `x-ratelimit-reset-${name}`,
  })),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map((name) => ({
    name,
    limit: `anthropic-ratelimit-${name}-limit`,
    remaining: `anthropic-ratelimit-${name}-remaining`,
    reset: `anthropic-ratelimit-${name}-reset`,
  })),
];

/** Milliseconds of a duration such as `53s`, `20ms`, `6m0s` or `1.5s`; nothing if it is none. */
export function durationHintMs(text: string): number | undefined {
  const trimmed = text.trim();
  if (!DURATION.test(trimmed)) return undefined;
  let ms = 0;
  for (const [, amount, unit = ''] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    ms += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  return withinReason(ms);
}

/** Milliseconds of a number of seconds. A hint that is negative, endless or no number is none. */
export function secondsHintMs(seconds: unknown): number | undefined {
  if (typeof seconds === 'string' && PLAIN_NUMBER.test(seconds.trim())) return withinReason(Number(seconds) * 1_000);
  return typeof seconds === 'number' && seconds >= 0 && seconds < Infinity ? withinReason(seconds * 1_000) : undefined;
}

/**
 * How long `retry-after-ms` or `retry-after` ask to wait: a number of seconds, a duration with its unit, or a date.
 */
export function retryAfterHintMs(read: ReadHeader, present: Present): number | undefined {
  const ms = read('retry-after-ms')?.trim();
  if (ms !== undefined && PLAIN_NUMBER.test(ms)) return withinReason(Number(ms));
  const after = read('retry-after')?.trim();
  if (after === undefined) return undefined;
  return secondsHintMs(after) ?? durationHintMs(after) ?? dateHintMs(after, present);
}

/**
 * How long the `…ratelimit…reset` headers say that it takes until a limit is whole again: the longest of those of which
 * nothing is left, or else the shortest.
 */
export function resetHintMs(read: ReadHeader, present: Present): number | undefined {
  const all: number[] = [];
  const spent: number[] = [];
  for (const { reset, remaining } of LIMIT_HEADERS) {
    const text = read(reset)?.trim();
    const ms = text === undefined ? undefined : momentHintMs(text, present);
    if (ms === undefined) continue;
    all.push(ms);
    const left = read(remaining)?.trim() ?? '';
    if (PLAIN_NUMBER.test(left) && Number(left) === 0) spent.push(ms);
  }
  if (spent.length > 0) return Math.max(...spent);
  return all.length > 0 ? Math.min(...all) : undefined;
}

/** A duration, a moment since the epoch, or a date. */
export function momentHintMs(text: string, present: Present): number | undefined {
  if (!PLAIN_NUMBER.test(text))
    return durationHintMs(text) ?? (RFC_3339.test(text) ? dateHintMs(text, present) : undefined);
  const number = Number(text);
  if (number >= EPOCH_MS) return withinReason(number - present.now);
  return number >= EPOCH_SECONDS ? withinReason(number * 1_000 - present.now) : secondsHintMs(text);
}

/** A weekday and a time, in whichever order of HTTP's dates, or a year first: much else parses as a date as well. */
const DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d:\d\d|^\d{4}-/i;

/** HTTP's oldest kind of date has no zone, and means GMT (RFC 9110, section 5.6.7). */
const WITHOUT_ZONE = /^[a-z]{3} [a-z]{3} .*\d{4}$/i;

function dateHintMs(text: string, { now, parseDate }: Present): number | undefined {
  if (!DATE.test(text)) return undefined;
  const date = parseDate(WITHOUT_ZONE.test(text) ? `${text} GMT` : text);
  return Number.isNaN(date) ? undefined : withinReason(date - now);
}

function withinReason(ms: number): number {
  return Math.min(LONGEST_RETRY_DELAY_MS, Math.max(0, Math.ceil(ms)));
}
