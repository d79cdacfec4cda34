import { checkOptions } from '../../limiter/checks/options';
import { failing } from '../support/failure';
import { listTasks, type Task } from './tasks';
import { checkReturnWhen, waitUntil, type ReturnWhen, type WaitLimit } from './wait-until';

/** Options of {@link wait}. */
export interface WaitOptions extends WaitLimit {
  /** What is waited for: all ends, the first end, or the first failure (or all ends without one). @default 'AllCompleted' */
  readonly returnWhen?: ReturnWhen | undefined;
}

const OPTIONS = new Set<keyof WaitOptions>(['returnWhen', 'timeout']);

/** What {@link wait} has seen. Both in the order in which the tasks were given. */
export interface Waited<T extends Task> {
  /** The tasks that have ended, well or not. */
  readonly done: readonly T[];
  /** The others. */
  readonly notDone: readonly T[];
}

/**
 * Waits for tasks, and tells which have ended. It neither throws their errors nor stops those that go on.
 *
 * @throws {@link TasksTimeoutError} at the timeout; `InvalidLimitError` for tasks or options that make no sense
 *
 * @example
 * const { done, notDone } = await wait(handles, { returnWhen: 'FirstCompleted', timeout: '1m' });
 */
export async function wait<T extends Task>(
  tasks: readonly T[] | Readonly<Record<string, T>>,
  options: WaitOptions = {},
): Promise<Waited<T>> {
  failing(() => checkOptions('wait', options, OPTIONS));
  const { returnWhen = 'AllCompleted', timeout } = options;
  const list = failing(() => {
    checkReturnWhen(returnWhen);
    return listTasks(tasks) as readonly T[];
  });
  const ended = await waitUntil(list, returnWhen, timeout);
  return { done: list.filter((_, i) => ended.has(i)), notDone: list.filter((_, i) => !ended.has(i)) };
}
