import type { LimitPool } from '../../client/sets/limit-pool';
import type { LimitSet } from '../../client/sets/limit-set';
import { checkPriority } from '../../acquire/set/acquire-options';
import { durationToMs, type Duration } from '../../limiter/checks/duration';
import { checkFunction } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import type { Amounts } from '../../limiter/request/request';
import { checkRetryOptions, type RetryOptions, type RetryRules } from './retry-options';

/**
 * What an attempt that threw has used. `'notSent'`: nothing, the provider has never heard of it. Its units come back to
 * limits whose `unused` is `returned`; calls stay counted. `'unknown'`: it may have used all, and counts so. Amounts:
 * exactly that, by unit, as with `usage`.
 */
export type FailedUsage = 'notSent' | 'unknown' | Amounts;

/** Options of `limited`. */
export interface LimitedOptions<Args extends readonly unknown[], Result> {
  /** What a call needs, by unit, and by key of a call or resource limit. @default 1 of each call and resource limit */
  readonly requested?: ((...args: Args) => Amounts) | undefined;
  /** What a call has used, by unit. @default what its body reported, or else all that was requested */
  readonly usage?: ((result: Result, ...args: Args) => Amounts) | undefined;
  /**
   * What a call that threw has used; see {@link FailedUsage}. For an activity whose only request is the limited one,
   * `(error) => (showsNothingWasSent(error) ? 'notSent' : 'unknown')`.
   *
   * @default 'unknown', the only answer that is safe for every activity
   */
  readonly usageOnError?: ((error: unknown, ...args: Args) => FailedUsage) | undefined;
  /**
   * Whether the set hears what the provider answers, as by `slot.observe`: `true` tells it every error that the body throws,
   * and of every body that ended well that the provider served. A function picks the response or error to be observed, of
   * the result or error of a call; `undefined` observes nothing.
   *
   * @default false
   * @example
   * limited(complete, { feedback: (outcome) => (outcome instanceof Error ? outcome : undefined) }); // errors only
   */
  readonly feedback?: boolean | ((resultOrError: unknown, ...args: Args) => unknown) | undefined;
  /**
   * The limits that a call acquires from, in place of its worker's: a set or pool that exists already, such as one of a
   * `LimitTemplate`. Called before anything is acquired; anything but a `LimitSet` or `LimitPool` is an `InvalidLimitError`.
   *
   * @default the worker's limits, as its `LimitsPlugin` was given them
   * @example
   * limited(complete, { limits: (customer) => perCustomer.for(customer) });
   */
  readonly limits?: ((...args: Args) => LimitSet<object> | LimitPool<object>) | undefined;
  /**
   * Longest wait for the limits. A wait also ends shortly before the activity's own time is used up, since a call that
   * starts later could not be reported. @default no limit but that
   */
  readonly timeout?: Duration | undefined;
  /** Who goes first when several wait: higher before lower. Range: any finite number. @default 0 */
  readonly priority?: number | undefined;
  /**
   * When to try again after an error. Limits are released between the attempts, each attempt acquires anew and counts,
   * and the wait is Temporal's: no worker and no limit is occupied by it. The delays replace those of the caller's retry
   * policy, its `maximumInterval` included, but all else of it still bounds the attempts: `maximumAttempts` (1 means none
   * but the first; a warning is logged if it is less than what `numRetries` allows), `nonRetryableErrorTypes`, and
   * `scheduleToCloseTimeout`, which ends the activity at once if the next attempt would start after it.
   *
   * @default as the caller's retry policy says
   */
  readonly retry?: RetryOptions<Args> | undefined;
}

/** Checked {@link LimitedOptions}. */
export interface LimitedRules<Args extends readonly unknown[], Result> extends Omit<
  LimitedOptions<Args, Result>,
  'retry'
> {
  readonly retry: RetryRules<Args> | undefined;
}

const FUNCTIONS = ['requested', 'usage', 'usageOnError', 'limits'] as const;
const OPTIONS = new Set([...FUNCTIONS, 'feedback', 'timeout', 'priority', 'retry']);

/** @throws InvalidLimitError naming the option that makes no sense */
export function checkLimitedOptions<Args extends readonly unknown[], Result>(
  options: LimitedOptions<Args, Result>,
): LimitedRules<Args, Result> {
  checkOptions('limited', options, OPTIONS);
  for (const name of FUNCTIONS) {
    if (options[name] !== undefined) checkFunction(name, options[name]);
  }
  const { feedback } = options;
  if (feedback !== undefined && typeof feedback !== 'boolean') checkFunction('feedback', feedback);
  if (options.timeout !== undefined) durationToMs('timeout', options.timeout);
  checkPriority(options.priority);
  return { ...options, retry: options.retry === undefined ? undefined : checkRetryOptions(options.retry) };
}
