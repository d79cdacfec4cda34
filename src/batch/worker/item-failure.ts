import { ApplicationFailure } from '@temporalio/common';
import { presentTime } from '../../client/link/system-clock';
import { LASTING_ERRORS } from '../../limiter/errors/limits-error';
import { field } from '../../limiter/retry/error-chain';
import { retryAfterMs } from '../../limiter/retry/retry-after';
import { type Observation } from '../../limiter/feedback/observation';
import { isLasting } from '../../limiter/feedback/provider-state';
import { RECALLED, type NotServed } from '../../workflows/batch/batch-protocol';
import { NOT_SERVED } from './served-watch';
import { APIConnectionError, APIError, APIUserAbortError } from 'openai';

/** Longer hints are taken as this: a provider that is wrong about it must not stop a batch. Unit: milliseconds. */
const LONGEST_DELAY_MS = 10 * 60_000;

/** Errors that trying again here does not mend. */
const FINAL = new Set([...LASTING_ERRORS, 'InputError', 'InvalidReply', RECALLED, NOT_SERVED]);

/** What the failure of an attempt is reported with. */
export interface AttemptContext {
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** Takes secrets out of a message that other code has written. */
  readonly redact: (message: string) => string;
}

/**
 * An attempt's error as Temporal's retry policy understands it. 429, 408, 5xx and errors of the network are tried again,
 * after the time that the provider asks for, if it does; any other 4xx is final.
 */
export function itemFailure(error: unknown, { attempt, redact }: AttemptContext): ApplicationFailure {
  const { type, nonRetryable, delayMs } = classify(error);
  return ApplicationFailure.create({
    type,
    nonRetryable,
    message: redact(messageOf(error)),
    details: [attempt],
    ...(delayMs !== undefined && { nextRetryDelay: delayMs }),
  });
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = error;
  return error instanceof APIConnectionError ? [message, ...reasonsOf(error.cause)].join(' ') : message;
}

/** Why there is no connection. If each of a name's addresses has failed, the error has a code and no words. */
function reasonsOf(cause: unknown): readonly string[] {
  const reasons = [field(cause, 'message'), field(cause, 'code')];
  return reasons.filter((reason): reason is string => typeof reason === 'string' && reason !== '').slice(0, 1);
}

/** How things stand at the set where an attempt has failed. */
export interface Standing {
  readonly attempt: number;
  /** What the provider answered, if it was asked. */
  readonly observation: Observation | undefined;
  /** Whether the set's provider serves no request for longer than a moment. */
  readonly isAside: boolean;
  readonly isProbe: boolean;
}

/**
 * The failure of an item that another set may do: as `NotServed` if the account is at fault, or does not serve for now. What
 * may be the request's fault, as a server error may, is tried again here: if it is not, the account is set aside before long.
 */
export function failureElsewhere(failure: ApplicationFailure, standing: Standing): ApplicationFailure {
  const { attempt, observation, isAside, isProbe } = standing;
  const { type, message } = failure;
  if (type === NOT_SERVED) return notServed(message, attempt - 1, { isAside: true });
  const { outcome, cause } = observation ?? {};
  if (outcome !== 'failed' && outcome !== 'throttled') return failure;
  const isSure = isLasting(cause);
  if (!isSure && !isAside && !isProbe) return failure;
  const error = { type: type ?? 'Error', message };
  return notServed(message, attempt, { isAside: isSure || isAside, met: { outcome, error } });
}

function notServed(message: string, attempts: number, why: NotServed): ApplicationFailure {
  return ApplicationFailure.create({ type: NOT_SERVED, nonRetryable: true, message, details: [attempts, why] });
}

interface Classified {
  readonly type: string;
  readonly nonRetryable: boolean;
  readonly delayMs?: number | undefined;
}

function classify(error: unknown): Classified {
  if (error instanceof APIUserAbortError) return { type: 'Interrupted', nonRetryable: false };
  if (error instanceof APIConnectionError) return { type: 'NetworkError', nonRetryable: false };
  if (error instanceof APIError && typeof error.status === 'number') {
    const status: number = error.status;
    const delayMs = delayOf(error);
    if (status === 429) return { type: 'RateLimited', nonRetryable: false, delayMs };
    if (status >= 500 || status === 408) return { type: 'ProviderError', nonRetryable: false, delayMs };
    return { type: 'RequestRejected', nonRetryable: true };
  }
  const name = error instanceof Error ? error.name : 'Error';
  return { type: name, nonRetryable: FINAL.has(name) };
}

/** What the provider asks for; 0 would tell the server to give up. Unit: milliseconds. */
function delayOf(error: unknown): number | undefined {
  const askedMs = retryAfterMs(error, presentTime());
  return askedMs === undefined ? undefined : Math.min(LONGEST_DELAY_MS, Math.max(1, askedMs));
}
