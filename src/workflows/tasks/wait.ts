import { checkOptions } from '../../limiter/checks/options';
import { failing } from '../support/failure';
import { listTasks, type Task } from './tasks';
import { checkReturnWhen, waitUntil, type ReturnWhen, type WaitLimit } from './wait-until';

/** Options of {@link wait}. */
export interface WaitOptions extends WaitLimit {
  /**
   * What to wait for: until all tasks have ended, the first has ended, or the first has failed (or all have ended).
   * @default 'AllCompleted'
   */
  readonly returnWhen?: ReturnWhen | undefined;
}

const OPTIONS = new Set<keyof WaitOptions>(['returnWhen', 'timeout']);

/** The result of {@link wait}. Both lists have the order of the tasks. */
export interface Waited<T extends Task> {
  /** The tasks that have ended, successfully or not. */
  readonly done: readonly T[];
  /** The others. */
  readonly notDone: readonly T[];
}

/**
 * Waits for tasks, and returns which have ended. It neither throws their errors nor stops the others.
 *
 * @throws {@link TasksTimeoutError} at the timeout; `InvalidLimitError` for invalid tasks or options
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
