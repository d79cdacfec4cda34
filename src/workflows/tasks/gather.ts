import { checkBoolean } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import { waitUntil, type WaitLimit } from './wait-until';
import { listTasks, resultOf, type Task, type TaskResult, type Tasks } from './tasks';
import { failing } from '../support/failure';

/** Options of {@link gather}. */
export interface GatherOptions extends WaitLimit {
  /** Whether errors are returned among the results. Otherwise, the first one is thrown. @default false */
  readonly returnExceptions?: boolean | undefined;
}

const OPTIONS = new Set<keyof GatherOptions>(['returnExceptions', 'timeout']);

/** The results of a list of tasks in its order, those of an object by its keys. */
export type Gathered<T extends Tasks> = { -readonly [K in keyof T]: TaskResult<T[K]> };

/** The same, with errors among them. */
export type GatheredOrErrors<T extends Tasks> = { -readonly [K in keyof T]: TaskResult<T[K]> | Error };

/**
 * Waits for all tasks, and returns their results, in the order or by the keys of the tasks.
 *
 * Without `returnExceptions`, the first failed task ends the wait with its error. The other tasks continue.
 *
 * @throws the first error of a task; {@link TasksTimeoutError} at the timeout; `InvalidLimitError` for invalid tasks or
 *   options
 *
 * @example
 * const [first, second] = await gather([
 *   await pool.submit('complete', ['Say hello.']),
 *   await pool.submit('complete', ['Say goodbye.']),
 * ]);
 */
export async function gather<const T extends Tasks>(
  tasks: T,
  options?: GatherOptions & { readonly returnExceptions?: false | undefined },
): Promise<Gathered<T>>;
export async function gather<const T extends Tasks>(tasks: T, options: GatherOptions): Promise<GatheredOrErrors<T>>;
export async function gather(tasks: Tasks, options: GatherOptions = {}): Promise<unknown> {
  failing(() => checkOptions('gather', options, OPTIONS));
  const { returnExceptions = false, timeout } = options;
  const list = failing(() => {
    checkBoolean('returnExceptions', returnExceptions);
    return listTasks(tasks);
  });
  await waitUntil(list, returnExceptions ? 'AllCompleted' : 'FirstException', timeout);
  const results = await Promise.all(returnExceptions ? list.map(resultOrError) : list.map(resultOf));
  if (Array.isArray(tasks)) return results;
  return Object.fromEntries(Object.keys(tasks).map((name, i) => [name, results[i]]));
}

async function resultOrError(task: Task): Promise<unknown> {
  try {
    return await resultOf(task);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
