import {
  durationHintMs,
  resetHintMs,
  retryAfterHintMs,
  secondsHintMs,
  type Present,
  type ReadHeader,
} from './retry-hint';
import { errorChain, field, namesOf } from './error-chain';

/** Longer texts are not looked into for a hint. */
const LONGEST_TEXT = 65_536;
/** How much of an error's details is looked at: they are whatever a server sent. */
const MOST_DETAILS = 200;
/** Statuses by which a provider says that a limit is reached. */
const THROTTLED = new Set([429, 503, 529]);

/**
 * How long the provider asks to wait, if an error says so: by its headers, those of its `response` (`$response` with the
 * AWS SDK, `responseHeaders` with the AI SDK), its details (`RetryInfo` of Google's APIs, `retryAfterSeconds` of AWS), or
 * those of what caused it. Unit: milliseconds, from 0 to a day.
 */
export function retryAfterMs(error: unknown, present: Present): number | undefined {
  for (const each of errorChain(error)) {
    const askedMs = hintOfOne(each, present);
    if (askedMs !== undefined) return askedMs;
  }
  return undefined;
}

/** {@link retryAfterMs} of one error or response, whatever caused it. */
export function hintOfOne(answer: object, present: Present): number | undefined {
  const status = statusOf(answer);
  // headers that tell of limits come with every answer: only where one is reached do they say when to come back
  const isThrottled = status === undefined || THROTTLED.has(status);
  for (const read of headersOf(answer)) {
    const askedMs = retryAfterHintMs(read, present) ?? (isThrottled ? resetHintMs(read, present) : undefined);
    if (askedMs !== undefined) return askedMs;
  }
  return detailsHintMs(answer);
}

/** The HTTP status of a response, or of the error that a client has made of one. */
export function statusOf(answer: object): number | undefined {
  const response = field(answer, 'response');
  const all = [
    field(answer, 'status'),
    field(answer, 'statusCode'),
    field(response, 'status'),
    field(field(answer, '$metadata'), 'httpStatusCode'),
  ];
  return all.find((value): value is number => typeof value === 'number');
}

/** The headers of a response, or of the error that a client has made of one. */
export function headersOf(answer: object): ReadHeader[] {
  const response = field(answer, 'response');
  const all = [
    field(answer, 'headers'),
    field(answer, 'responseHeaders'),
    field(response, 'headers'),
    field(field(answer, '$response'), 'headers'),
  ];
  return all.filter((headers) => typeof headers === 'object' && headers !== null).map(readerOf);
}

/** Headers as fetch has them, or as a plain object, whose names may be in any case. */
function readerOf(headers: object): ReadHeader {
  return (name) => {
    try {
      const { get } = headers as { readonly get?: unknown };
      const value: unknown = typeof get === 'function' ? get.call(headers, name) : anyCase(headers, name);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    } catch {
      return undefined;
    }
  };
}

function anyCase(headers: object, name: string): unknown {
  const key = Object.keys(headers).find((each) => each.toLowerCase() === name);
  const found = key === undefined ? undefined : field(headers, key);
  return Array.isArray(found) ? (found as unknown[])[0] : found;
}

function detailsHintMs(error: object): number | undefined {
  const seconds = secondsHintMs(field(error, 'retryAfterSeconds')) ?? secondsHintMs(field(error, 'RetryAfter'));
  if (seconds !== undefined) return seconds;
  for (const name of ['details', 'errorDetails', 'error', 'data', 'responseBody', 'body', 'message']) {
    const value = field(error, name);
    const askedMs = retryInfoMs(typeof value === 'string' ? jsonIn(value) : value);
    if (askedMs !== undefined) return askedMs;
  }
  return undefined;
}

/** Google's `RetryInfo`, wherever it stands in the details of an error. */
function retryInfoMs(details: unknown): number | undefined {
  const queue: unknown[] = [details];
  for (let i = 0; i < Math.min(queue.length, MOST_DETAILS); i += 1) {
    const value = queue[i];
    if (typeof value !== 'object' || value === null) continue;
    const [type, delay] = [field(value, '@type'), field(value, 'retryDelay')];
    if (typeof type === 'string' && type.endsWith('google.rpc.RetryInfo') && typeof delay === 'string')
      return durationHintMs(delay);
    for (const key of namesOf(value).slice(0, MOST_DETAILS)) queue.push(field(value, key));
  }
  return undefined;
}

/** The JSON in a message, as clients put it there whose server sent no text. */
export function jsonIn(text: string): unknown {
  const start = text.search(/[{[]/);
  if (start < 0 || text.length > LONGEST_TEXT) return undefined;
  try {
    return JSON.parse(text.slice(start));
  } catch {
    return undefined;
  }
}
