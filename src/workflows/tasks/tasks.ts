import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { describeValue } from '../../limiter/errors/describe-value';
import { isPlainObject } from '../../limiter/checks/options';
import { TaskHandle } from './task-handle';
import { ApplicationFailure } from '@temporalio/workflow';

/**
 * Something to wait for: a submitted task, or any promise, such as that of an activity, a child workflow or a timer.
 */
export type Task<T = unknown> = TaskHandle<T> | PromiseLike<T>;

/** Tasks in a list or by name. */
export type Tasks = readonly Task[] | Readonly<Record<string, Task>>;

/** The result of a task. */
export type TaskResult<T> = T extends TaskHandle<infer R> ? R : Awaited<T>;

/**
 * The tasks without their names. Those of a `Map` or a `Set` would be overlooked, and the wait be over at once.
 *
 * @throws InvalidLimitError unless it is a list or a plain object
 */
export function listTasks(tasks: Tasks): readonly Task[] {
  // a list that its owner changes meanwhile is another one
  if (Array.isArray(tasks)) return Array.from(tasks as readonly Task[]);
  const isOne =
    tasks instanceof TaskHandle || typeof (tasks as Partial<PromiseLike<unknown>> | null)?.then === 'function';
  if (isPlainObject(tasks) && !isOne) return Object.values(tasks);
  const hint = isOne ? '; put a single one into a list, and await each submit' : '';
  throw new InvalidLimitError(
    'tasks',
    `expected a list or an object of handles or promises, got ${describeValue(tasks)}${hint}`,
  );
}

/** The result to come of either kind. */
export function resultOf<T>(task: Task<T>): PromiseLike<T> {
  return task instanceof TaskHandle ? task.result() : task;
}

/** Calls back once, when the task has ended, and never before this returns. */
export function onEnd(task: Task, ended: (failed: boolean) => void): void {
  Promise.resolve(resultOf(task)).then(
    () => ended(false),
    () => ended(true),
  );
}

/**
 * `gather`, `wait` or `asCompleted` reached its `timeout`. The tasks themselves continue.
 *
 * @example
 * try {
 *   await gather(handles, { timeout: '10m' });
 * } catch (error) {
 *   if (!(error instanceof TasksTimeoutError)) throw error;
 *   console.log(`${error.done} are done, ${error.notDone} still run`);
 * }
 */
export class TasksTimeoutError extends ApplicationFailure {
  /** Temporal carries the error with this name as its `type`. */
  override readonly name = 'TasksTimeoutError';

  constructor(
    /** Number of tasks that had ended. */
    readonly done: number,
    /** Number of tasks that had not. */
    readonly notDone: number,
    /** How long it waited. */
    readonly timeout: number | string,
  ) {
    const message = `${notDone} of ${done + notDone} tasks had not ended within ${timeoutText(timeout)}`;
    super(message, 'TasksTimeoutError', false, [{ done, notDone, timeout }]);
  }
}

function timeoutText(timeout: number | string): string {
  return typeof timeout === 'number' ? `${timeout} ms` : timeout;
}
