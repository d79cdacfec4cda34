import { durationToMs, type Duration } from '../../limiter/checks/duration';
import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { checkOneOf, checkWhole } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import {
  LONGEST_RETRY_DELAY_MS,
  RETRY_ALGORITHMS,
  type RetryAlgorithm,
  type RetryDelayPolicy,
} from '../../limiter/retry/retry-delay';
import { checkConditions, type RetryCondition } from './retry-conditions';
import { asyncLocalStorage } from '@temporalio/activity';

/** When and how often a limited activity is retried after an error. */
export interface RetryOptions<Args extends readonly unknown[] = readonly unknown[]> {
  /**
   * Attempts after the first one. Temporal counts them, including attempts that ended with their worker or at a
   * timeout. Range: a whole number from 0
   */
  readonly numRetries: number;
  /**
   * The errors to retry: classes, names (`name`, class, or `type` of an `ApplicationFailure`), predicates, or a list of
   * these, of which one must match. Classes also match by name, since an error from another realm or copy of a package
   * is not an instance. Never retried are cancellations, `ApplicationFailure.nonRetryable`, and this package's errors
   * about requests that cannot succeed.
   *
   * @default every error
   */
  readonly retryOn?: RetryCondition<Args> | readonly RetryCondition<Args>[] | undefined;
  /**
   * How the delay grows: `Exponential` doubles it, `Linear` adds `retryWait` each time, `Fibonacci` is the sum of the two
   * before. @default 'Exponential'
   */
  readonly retryAlgorithm?: RetryAlgorithm | undefined;
  /**
   * The delay before the first retry. No delay exceeds a day. Unit: milliseconds, or a text such as `'2s'`. Range: from
   * 1 ms to a day. @default '1s'
   */
  readonly retryWait?: Duration | undefined;
  /**
   * The share of each delay that is random. With 0.3, a delay is 70 to 100 % of the computed one; with 1, anything from
   * 0 ("full jitter"). Jitter only shortens computed delays, never what a provider asked for with `retry-after`. A
   * little is enough, because the limits themselves spread the attempts. Range: 0 to 1. @default 0.3
   */
  readonly jitter?: number | undefined;
}

/** Checked {@link RetryOptions}. */
export interface RetryRules<Args extends readonly unknown[]> extends RetryDelayPolicy {
  readonly numRetries: number;
  /** `undefined` for every error. */
  readonly retryOn: readonly RetryCondition<Args>[] | undefined;
}

const OPTIONS = new Set(['numRetries', 'retryOn', 'retryAlgorithm', 'retryWait', 'jitter']);

/** @throws InvalidLimitError naming the invalid option */
export function checkRetryOptions<Args extends readonly unknown[]>(options: RetryOptions<Args>): RetryRules<Args> {
  checkOptions('retry', options, OPTIONS);
  const { numRetries, retryOn, retryAlgorithm = 'Exponential', retryWait = '1s', jitter = 0.3 } = options;
  checkWhole('numRetries', numRetries, 0);
  checkOneOf('retryAlgorithm', retryAlgorithm, RETRY_ALGORITHMS);
  const waitMs = durationToMs('retryWait', retryWait);
  if (waitMs < 1 || waitMs > LONGEST_RETRY_DELAY_MS) {
    throw new InvalidLimitError('retryWait', `expected from 1 ms to a day, got ${describeValue(retryWait)}`);
  }
  if (typeof jitter !== 'number' || !(jitter >= 0 && jitter <= 1)) {
    throw new InvalidLimitError('jitter', `expected a share from 0 to 1, got ${describeValue(jitter)}`);
  }
  return { numRetries, retryOn: checkConditions(retryOn), algorithm: retryAlgorithm, waitMs, jitter };
}

const told = new WeakSet<object>();

/** Logs, once per limited activity, that its caller's retry policy will end the attempts before its own rules do. */
export function warnOfTighterPolicy(rules: RetryRules<never>): void {
  const context = asyncLocalStorage.getStore();
  const allowed = context?.info.retryPolicy?.maximumAttempts;
  // 0 is the server's word for no limit
  if (context === undefined || !allowed || allowed > rules.numRetries || told.has(rules)) return;
  told.add(rules);
  const { activityType } = context.info;
  const wanted = rules.numRetries + 1;
  context.log.warn(
    `The numRetries of ${activityType} allows ${wanted} attempts, but the caller's retry policy ends it after ` +
      `${allowed}: set maximumAttempts to at least ${wanted}, or leave it out`,
  );
}
