import { ActivityFailure, ApplicationFailure, TimeoutFailure, type RetryPolicy } from '@temporalio/workflow';
import { describeValue } from '../../limiter/errors/describe-value';
import { durationToMs, type Duration } from '../../limiter/checks/duration';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { checkPlainObject } from '../../limiter/checks/options';

const BEGUN: ReadonlySet<TimeoutFailure['timeoutType']> = new Set(['START_TO_CLOSE', 'HEARTBEAT']);

/** A retry policy as Temporal's server reads it. */
export interface AttemptPolicy {
  readonly initialMs: number;
  readonly coefficient: number;
  readonly maximumMs: number;
  readonly maximumAttempts: number;
  readonly nonRetryable: ReadonlySet<string>;
}

/** Temporal's `RetryPolicy`, whose own durations lint cannot resolve. */
interface GivenPolicy {
  readonly initialInterval?: Duration;
  readonly backoffCoefficient?: number;
  readonly maximumInterval?: Duration;
  readonly maximumAttempts?: number;
  readonly nonRetryableErrorTypes?: readonly string[];
}

/**
 * A retry policy with Temporal's own defaults, for attempts that the workflow makes itself: the server's would all go by
 * one acquisition, and so by one call where there were many.
 *
 * @throws InvalidLimitError naming the invalid option
 */
export function checkRetryPolicy(policy: RetryPolicy = {}): AttemptPolicy {
  checkPlainObject('retry', policy);
  const given = policy as GivenPolicy;
  const initialMs = durationToMs('retry.initialInterval', given.initialInterval ?? '1s');
  return {
    initialMs,
    coefficient: checkCoefficient(given.backoffCoefficient),
    maximumMs: durationToMs('retry.maximumInterval', given.maximumInterval ?? initialMs * 100),
    maximumAttempts: checkAttempts(given.maximumAttempts),
    nonRetryable: new Set(given.nonRetryableErrorTypes),
  };
}

function checkCoefficient(coefficient = 2): number {
  if (Number.isFinite(coefficient) && coefficient >= 1) return coefficient;
  throw new InvalidLimitError(
    'retry.backoffCoefficient',
    `expected a number from 1, got ${describeValue(coefficient)}`,
  );
}

function checkAttempts(attempts = Infinity): number {
  if (attempts === Infinity || (Number.isSafeInteger(attempts) && attempts >= 1)) return attempts;
  throw new InvalidLimitError(
    'retry.maximumAttempts',
    `expected a whole number from 1, or none for no limit, got ${describeValue(attempts)}`,
  );
}

/**
 * How long to wait before the next attempt; undefined where there is none.
 *
 * @param attempt The one that failed, from 1
 */
export function nextAttemptMs(policy: AttemptPolicy, attempt: number, error: unknown): number | undefined {
  if (attempt >= policy.maximumAttempts || !(error instanceof ActivityFailure)) return undefined;
  const { cause } = error;
  // what a worker has begun and not ended may be tried again, as the server does; not what no worker took in its time, or
  // has no time left, nor a cancellation, nor what failed on the way in or out
  if (cause instanceof TimeoutFailure) return BEGUN.has(cause.timeoutType) ? backoffMs(policy, attempt) : undefined;
  if (!(cause instanceof ApplicationFailure) || cause.nonRetryable === true) return undefined;
  if (policy.nonRetryable.has(cause.type ?? '')) return undefined;
  const { nextRetryDelay } = cause as { readonly nextRetryDelay?: Duration | null };
  return nextRetryDelay ? durationToMs('nextRetryDelay', nextRetryDelay) : backoffMs(policy, attempt);
}

function backoffMs({ initialMs, coefficient, maximumMs }: AttemptPolicy, attempt: number): number {
  return Math.min(maximumMs, initialMs * coefficient ** (attempt - 1));
}
