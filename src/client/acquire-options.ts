import { InvalidLimitError } from '../limiter/errors/invalid-limit-error';
import type { Amounts } from '../limiter/request';
import type { WaitOptions } from './backend';
import { durationToMs, type Duration } from './duration';

/** Options of `tryAcquire`. */
export interface TryAcquireOptions {
  /**
   * Units or permits by key. A call or resource limit that is not named is taken 1 of, and left out with 0; a rate limit
   * is only taken of if named. @default 1 of each call and resource limit
   */
  readonly requested?: Amounts | undefined;
  /** Who goes first when several wait: higher before lower. Range: any finite number. @default 0 */
  readonly priority?: number | undefined;
}

/** Options of `acquire` and `use`. */
export interface AcquireOptions extends TryAcquireOptions {
  /** Longest wait; 0 takes what is free at once. Unit: milliseconds, or a text such as `'30s'`. @default no limit */
  readonly timeout?: Duration | undefined;
  /** Ends the wait with the signal's reason. What has been granted stays granted. */
  readonly signal?: AbortSignal | undefined;
}

const PATIENT: WaitOptions = { priority: 0, timeoutMs: undefined, signal: undefined };

/** @throws InvalidLimitError naming the option that makes no sense */
export function waitOptions({ timeout, signal, priority }: AcquireOptions): WaitOptions {
  if (timeout === undefined && signal === undefined && priority === undefined) return PATIENT;
  return {
    priority: checkPriority(priority),
    timeoutMs: timeout === undefined ? undefined : durationToMs('timeout', timeout),
    signal,
  };
}

/** @throws InvalidLimitError unless it is a finite number */
export function checkPriority(priority = 0): number {
  if (Number.isFinite(priority)) return priority;
  throw new InvalidLimitError('priority', `expected a finite number, got ${String(priority)}`);
}
