import type { LimitPool } from '../../client/sets/limit-pool';
import type { LimitSet } from '../../client/sets/limit-set';
import { checkPriority } from '../../acquire/set/acquire-options';
import { durationToMs, type Duration } from '../../limiter/checks/duration';
import { checkFunction } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import type { Amounts } from '../../limiter/request/request';
import { checkRetryOptions, type RetryOptions, type RetryRules } from './retry-options';

/**
 * What a failed attempt used. `'notSent'`: nothing, because no request reached the provider. Units of limits with
 * `unused: 'returned'` come back; calls stay counted. `'unknown'`: the full request counts as used. Amounts: exactly
 * those, by unit, as with `usage`.
 */
export type FailedUsage = 'notSent' | 'unknown' | Amounts;

/** Options of `limited`. */
export interface LimitedOptions<Args extends readonly unknown[], Result> {
  /** What a call needs, by unit, and by key of a call or resource limit. @default 1 of each call and resource limit */
  readonly requested?: ((...args: Args) => Amounts) | undefined;
  /** What a call used, by unit. @default what its body reported, or the full request */
  readonly usage?: ((result: Result, ...args: Args) => Amounts) | undefined;
  /**
   * What a failed call used; see {@link FailedUsage}. If the activity makes no other request than the limited one, pass
   * `(error) => (showsNothingWasSent(error) ? 'notSent' : 'unknown')`.
   *
   * @default 'unknown', the only answer that is safe for every activity
   */
  readonly usageOnError?: ((error: unknown, ...args: Args) => FailedUsage) | undefined;
  /**
   * Whether the set observes the provider's answers, as with `slot.observe`. With `true`, it observes every error that
   * the body throws, and each success as served; but its calls do not count as arrived, since a body may leave one under
   * way. A function gets the result or error of a call, and returns the response or error to observe, or `undefined` for
   * none.
   *
   * @default false
   * @example
   * limited(complete, { feedback: (outcome) => (outcome instanceof Error ? outcome : undefined) }); // errors only
   */
  readonly feedback?: boolean | ((resultOrError: unknown, ...args: Args) => unknown) | undefined;
  /**
   * The limits that a call acquires from, instead of its worker's: an existing set or pool, such as one of a
   * `LimitTemplate`. It is called before anything is acquired. Anything but a `LimitSet` or `LimitPool` is an
   * `InvalidLimitError`.
   *
   * @default the worker's limits, which its `LimitsPlugin` received
   * @example
   * limited(complete, { limits: (customer) => perCustomer.for(customer) });
   */
  readonly limits?: ((...args: Args) => LimitSet<object> | LimitPool<object>) | undefined;
  /**
   * Longest wait for the limits. The wait also ends shortly before the activity's own timeout, since a call that starts
   * later could not be reported. @default no limit but that
   */
  readonly timeout?: Duration | undefined;
  /** Higher priorities are served first. Range: any finite number. @default 0 */
  readonly priority?: number | undefined;
  /**
   * When to try again after an error. Limits are released between attempts. Each attempt acquires again, and counts.
   * Temporal does the waiting, so it occupies no worker and no limit. The delays replace those of the caller's retry
   * policy, including its `maximumInterval`. The rest of that policy still bounds the attempts: `maximumAttempts` (a
   * warning is logged if it is less than `numRetries` allows), `nonRetryableErrorTypes`, and `scheduleToCloseTimeout`,
   * which ends the activity at once if the next attempt would start after it.
   *
   * @default the caller's retry policy
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

/** @throws InvalidLimitError naming the invalid option */
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
