import { durationToMs, type Duration } from '../../limiter/checks/duration';
import { checkOptions } from '../../limiter/checks/options';
import { happensWithin } from '../support/timers';
import { failing } from '../support/failure';
import { TaskHandle } from './task-handle';
import { listTasks, onEnd, resultOf, type Task, type TaskResult, TasksTimeoutError } from './tasks';
import { type WaitLimit } from './wait-until';

const OPTIONS = new Set<keyof WaitLimit>(['timeout']);

/**
 * A task that has ended: the handle itself, or a handle for a promise, because an iterator would wait for a promise.
 */
export type Completed<T extends Task> = T extends TaskHandle<unknown> ? T : Pick<TaskHandle<TaskResult<T>>, 'result'>;

/**
 * Iterates over tasks in the order in which they end, each as soon as it has ended. `result` throws a task's error.
 *
 * @throws {@link TasksTimeoutError} from the iterator, when the timeout has passed since the call; `InvalidLimitError`
 *   at once for invalid tasks or options
 *
 * @example
 * const replies = [];
 * for await (const handle of asCompleted(handles)) replies.push(await handle.result());
 */
export function asCompleted<T extends Task>(
  tasks: readonly T[] | Readonly<Record<string, T>>,
  options: WaitLimit = {},
): AsyncGenerator<Completed<T>, void, undefined> {
  return failing(() => {
    checkOptions('asCompleted', options, OPTIONS);
    const { timeout } = options;
    const list = listTasks(tasks) as readonly T[];
    return iterate(list, timeout, timeout === undefined ? Infinity : Date.now() + durationToMs('timeout', timeout));
  });
}

function iterate<T extends Task>(
  tasks: readonly T[],
  timeout: Duration | undefined,
  deadline: number,
): AsyncGenerator<Completed<T>, void, undefined> {
  const ended: T[] = [];
  let wake: () => void = () => undefined;
  for (const task of tasks) {
    onEnd(task, () => {
      ended.push(task);
      wake();
    });
  }
  return inOrder();

  async function* inOrder(): AsyncGenerator<Completed<T>, void, undefined> {
    for (let given = 0; given < tasks.length; given += 1) {
      if (ended.length === given) {
        const next = new Promise<void>((resolve) => (wake = resolve));
        const inTime = await happensWithin(next, Math.max(0, deadline - Date.now()));
        if (!inTime) throw new TasksTimeoutError(given, tasks.length - given, timeout ?? Infinity);
      }
      const task = ended[given];
      if (task !== undefined) yield completed(task);
    }
  }
}

function completed<T extends Task>(task: T): Completed<T> {
  const handle = task instanceof TaskHandle ? task : { result: () => resultOf(task) };
  return handle as Completed<T>;
}
