import { ApplicationFailure } from '@temporalio/common';
import { presentTime } from '../../client/link/system-clock';
import { LASTING_ERRORS } from '../../limiter/errors/limits-error';
import { retryAfterMs } from '../../limiter/retry/retry-after';
import { RECALLED } from '../../workflows/batch/batch-protocol';
import { APIConnectionError, APIError, APIUserAbortError } from 'openai';

/** Longer hints are taken as this: a provider that is wrong about it must not stop a batch. Unit: milliseconds. */
const LONGEST_DELAY_MS = 10 * 60_000;

/** Errors that trying again here does not mend. */
const FINAL = new Set([...LASTING_ERRORS, 'InputError', 'InvalidReply', RECALLED]);

/** What the failure of an attempt is told with. */
export interface AttemptContext {
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** Takes secrets out of a message that somebody else wrote. */
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
    message: redact(error instanceof Error ? error.message : String(error)),
    details: [attempt],
    ...(delayMs !== undefined && { nextRetryDelay: delayMs }),
  });
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
