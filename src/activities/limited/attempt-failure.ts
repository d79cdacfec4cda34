import { asyncLocalStorage, CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, ensureApplicationFailure } from '@temporalio/common';
import { durationToMs } from '../../limiter/checks/duration';
import { LASTING_ERRORS, LimitsError } from '../../limiter/errors/limits-error';
import { presentTime } from '../../client/link/system-clock';
import { retryAfterMs } from '../../limiter/retry/retry-after';
import { LONGEST_RETRY_DELAY_MS, retryDelayMs } from '../../limiter/retry/retry-delay';
import { errorNames } from './error-reading';
import { agrees } from './retry-conditions';
import type { RetryRules } from './retry-options';

/**
 * What a failed attempt throws, so that Temporal does what the rules say: a failure that may be retried and says when, or
 * one that may not be. Its message, type and details are those of the error, which is its cause. The wait is the server's:
 * it occupies no slot and no limit, and outlives the worker.
 */
export async function attemptFailure<Args extends readonly unknown[]>(
  error: unknown,
  rules: RetryRules<Args>,
  args: Args,
): Promise<unknown> {
  const context = asyncLocalStorage.getStore();
  // somebody else will complete the activity
  if (error instanceof CompleteAsyncError) return error;
  // by the error as it is the SDK tells a cancellation from a pause, a reset and a worker that shuts down, which is no
  // fault of the attempt and must not end the activity
  if (context?.cancellationSignal.aborted === true) return error;
  const attempt = context?.info.attempt ?? 1;
  if (attempt > rules.numRetries || isFinal(error)) return asFailure(error, { nonRetryable: true });
  if (rules.retryOn !== undefined) {
    const elapsedMs = context === undefined ? 0 : Math.max(0, Date.now() - context.info.scheduledTimestampMs);
    const about = { attempt, elapsedMs, activityType: context?.info.activityType ?? '', args };
    const onThrow = (thrown: unknown): void => {
      context?.log.warn('A predicate of retryOn threw, which counts as false', { error: thrown });
    };
    if (!(await agrees(rules.retryOn, error, about, onThrow))) return asFailure(error, { nonRetryable: true });
  }
  return asFailure(error, { nextRetryDelay: delayMs(error, rules, attempt) });
}

/**
 * What a failed attempt throws whose body has not thrown, where the caller's policy decides. An error that a retry
 * would only repeat ends the activity, because that policy may have no end, and a mistake that shows after the body
 * would call the provider once more each time. Outside of an activity there is no retry: the error stays what it was.
 */
export function lastingFailure(error: unknown): unknown {
  const isLasting = error instanceof LimitsError && LASTING_ERRORS.has(error.name);
  if (!isLasting || asyncLocalStorage.getStore() === undefined) return error;
  // the name too, by which those on its way, such as interceptors, know it
  return Object.defineProperty(asFailure(error, { nonRetryable: true }), 'name', { value: error.name });
}

function isFinal(error: unknown): boolean {
  if (error instanceof ApplicationFailure && error.nonRetryable === true) return true;
  // a cancellation of its own making is meant to end the activity
  return [...errorNames(error)].some((name) => name === 'CancelledFailure' || LASTING_ERRORS.has(name));
}

/** The computed delay, or what the provider or the activity itself asks for, if that is more. */
function delayMs(error: unknown, rules: RetryRules<never>, attempt: number): number {
  const askedMs = retryAfterMs(error, presentTime()) ?? 0;
  const ownMs = error instanceof ApplicationFailure ? ownDelayMs(error) : 0;
  return Math.max(retryDelayMs(rules, attempt, Math.random()), askedMs, ownMs);
}

function ownDelayMs({ nextRetryDelay: own }: { readonly nextRetryDelay?: unknown }): number {
  if (typeof own === 'number') return own > 0 ? Math.min(LONGEST_RETRY_DELAY_MS, own) : 0;
  if (typeof own !== 'string') return 0;
  try {
    return Math.min(LONGEST_RETRY_DELAY_MS, durationToMs('nextRetryDelay', own));
  } catch {
    // the SDK reads weeks and years too
    return /^\s*\d.*[wy]/i.test(own) ? LONGEST_RETRY_DELAY_MS : 0;
  }
}

function asFailure(
  error: unknown,
  { nonRetryable = false, nextRetryDelay }: { readonly nonRetryable?: boolean; readonly nextRetryDelay?: number },
): ApplicationFailure {
  const { message, type, details, category } = ensureApplicationFailure(error);
  const cause = error instanceof Error ? error : undefined;
  return new ApplicationFailure(message, type, nonRetryable, details, cause, nextRetryDelay, category);
}
