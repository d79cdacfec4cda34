import { durationToMs, type Duration } from '../../limiter/checks/duration';
import { checkOneOf } from '../../limiter/checks/option-values';
import { happensWithin } from '../support/timers';
import { failing } from '../support/failure';
import { onEnd, type Task, TasksTimeoutError } from './tasks';

/** When a wait for several tasks ends. */
export type ReturnWhen = 'FirstCompleted' | 'FirstException' | 'AllCompleted';

/** Options of a wait. */
export interface WaitLimit {
  /** Longest wait. Unit: milliseconds, or a text such as `'30s'`. @default no limit, and no timer */
  readonly timeout?: Duration | undefined;
}

/** Whether the wait is over, once a task has ended and some have not. */
const isOver: Readonly<Record<ReturnWhen, (failed: boolean) => boolean>> = {
  FirstCompleted: () => true,
  FirstException: (failed) => failed,
  AllCompleted: () => false,
};

/** @throws InvalidLimitError unless it is one of the three */
export function checkReturnWhen(returnWhen: unknown): void {
  checkOneOf('returnWhen', returnWhen, Object.keys(isOver));
}

/**
 * Waits for tasks. The answer has the places of those that have ended.
 *
 * @throws TasksTimeoutError
 */
export async function waitUntil(
  tasks: readonly Task[],
  returnWhen: ReturnWhen,
  timeout: Duration | undefined,
): Promise<ReadonlySet<number>> {
  const timeoutMs = timeout === undefined ? Infinity : failing(() => durationToMs('timeout', timeout));
  const ended = new Set<number>();
  const over = new Promise<void>((resolve) => {
    if (tasks.length === 0) resolve();
    tasks.forEach((task, place) => {
      onEnd(task, (failed) => {
        ended.add(place);
        if (isOver[returnWhen](failed) || ended.size === tasks.length) resolve();
      });
    });
  });
  if (!(await happensWithin(over, timeoutMs))) {
    throw new TasksTimeoutError(ended.size, tasks.length - ended.size, timeout ?? Infinity);
  }
  return ended;
}
