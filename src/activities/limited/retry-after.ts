import { LONGEST_RETRY_DELAY_MS } from '../../limiter/retry/retry-delay';
import { errorChain } from './error-reading';

/** Headers as fetch has them, or as a plain object, whose names may be in any case. */
type HeadersLike = Pick<Headers, 'get'> | Readonly<Record<string, unknown>>;

/**
 * How long the provider asks to wait, if an error tells: by its headers, those of its `response` (`$response` with the
 * AWS SDK), or those of what caused it. Unit: milliseconds, from 0 to a day.
 *
 * @param now The present, for a hint that is a date. Unit: milliseconds since the Unix epoch
 */
export function retryAfterMs(error: unknown, now: number): number | undefined {
  for (const { headers, response, $response } of errorChain(error)) {
    for (const candidate of [headers, headersOf(response), headersOf($response)]) {
      const askedMs = isObject(candidate) ? hintOf(candidate as HeadersLike, now) : undefined;
      if (askedMs !== undefined) return askedMs;
    }
  }
  return undefined;
}

/** What `retry-after-ms` says, or `retry-after` as seconds or a date; nothing if it is neither. */
function hintOf(headers: HeadersLike, now: number): number | undefined {
  const ms = toNumber(read(headers, 'retry-after-ms'));
  if (ms !== undefined) return withinReason(ms);
  const after = read(headers, 'retry-after');
  const seconds = toNumber(after);
  if (seconds !== undefined) return withinReason(seconds * 1_000);
  const date = after === undefined ? NaN : Date.parse(after);
  return Number.isNaN(date) ? undefined : withinReason(date - now);
}

function read(headers: HeadersLike, name: string): string | undefined {
  const value = typeof headers.get === 'function' ? (headers as Headers).get(name) : anyCase(headers, name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function anyCase(headers: object, name: string): unknown {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1] as unknown;
  return Array.isArray(found) ? found[0] : found;
}

/** A hint that is negative or no number is none: an empty text would be 0, and `-1` a date. */
function toNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

function withinReason(ms: number): number {
  return Math.min(LONGEST_RETRY_DELAY_MS, Math.max(0, Math.ceil(ms)));
}

function headersOf(response: unknown): unknown {
  return isObject(response) ? (response as { readonly headers?: unknown }).headers : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
