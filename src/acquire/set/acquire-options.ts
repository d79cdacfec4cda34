import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { checkOptions } from '../../limiter/checks/options';
import type { Amounts } from '../../limiter/request/request';
import type { WaitOptions } from '../ports';
import { durationToMs, type Duration } from '../../limiter/checks/duration';

/** Options of `tryAcquire`. */
export interface TryAcquireOptions<Key extends string = string> {
  /**
   * Units or permits, by key. A call or resource limit that is not named is included with 1; 0 leaves it out. A rate
   * limit is included only if it is named. @default 1 of each call and resource limit
   */
  readonly requested?: Amounts<Key> | undefined;
  /** Higher priorities are served first. Range: any finite number. @default 0 */
  readonly priority?: number | undefined;
}

/** Options of `acquire` and `use`. */
export interface AcquireOptions<Key extends string = string> extends TryAcquireOptions<Key> {
  /**
   * Longest wait. With 0, it takes only what this process knows to be free. Unit: milliseconds, or a text such as
   * `'30s'`.
   * @default no limit
   */
  readonly timeout?: Duration | undefined;
  /** Ends the wait with the signal's reason. It does not affect an acquisition that was granted. */
  readonly signal?: AbortSignal | undefined;
}

const TRY_OPTIONS = new Set(['requested', 'priority']);
const OPTIONS = new Set([...TRY_OPTIONS, 'timeout', 'signal']);
/** The default: as long as it takes. */
export const NO_TIMEOUT: WaitOptions = { priority: 0, timeoutMs: undefined, signal: undefined };

/** @throws InvalidLimitError for what `tryAcquire` would not read */
export function checkTryAcquireOptions(options: unknown): void {
  checkOptions('tryAcquire', options, TRY_OPTIONS);
}

/** @throws InvalidLimitError for what `acquire` would not read, or a signal that it could not listen to */
export function checkAcquireOptions(options: unknown): void {
  checkOptions('acquire', options, OPTIONS);
  const { signal } = options as { readonly signal?: unknown };
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw new InvalidLimitError('signal', `expected an AbortSignal, got ${describeValue(signal)}`);
  }
}

/**
 * What `use` was given: its options, and the function that it runs.
 *
 * @throws InvalidLimitError naming the call that would be right
 */
export function checkUse(options: unknown, body: unknown): void {
  if (typeof body !== 'function') {
    const remedy = typeof options === 'function' ? '; without options, call use({}, body)' : '';
    throw new InvalidLimitError(
      'body',
      `use(options, body) expects a function as its second argument, got ${describeValue(body)}${remedy}`,
    );
  }
  checkAcquireOptions(options);
}

/** By what it can do: a signal of another realm is no instance of this one's `AbortSignal`. */
function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false;
  const { aborted, addEventListener } = value as Partial<Record<keyof AbortSignal, unknown>>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function';
}

/** @throws InvalidLimitError naming the invalid option */
export function waitOptions({ timeout, signal, priority }: AcquireOptions): WaitOptions {
  if (timeout === undefined && signal === undefined && priority === undefined) return NO_TIMEOUT;
  return {
    priority: checkPriority(priority),
    timeoutMs: timeout === undefined ? undefined : durationToMs('timeout', timeout),
    signal,
  };
}

/** @throws InvalidLimitError unless it is a finite number */
export function checkPriority(priority = 0, option = 'priority'): number {
  if (Number.isFinite(priority)) return priority;
  throw new InvalidLimitError(option, `expected a finite number, got ${describeValue(priority)}`);
}
