import { type ActivityOptions } from '@temporalio/workflow';
import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { checkPlainObject } from '../../limiter/checks/options';

/** Options of an activity whose task queue is chosen for it. */
export type RoutedActivityOptions = Omit<ActivityOptions, 'taskQueue'>;

/** What is asked of a limit set whose workers take activities. */
export interface RoutedLimitSet {
  /** Named by the error where the config has no task queue. */
  readonly name: string | undefined;
  /** Says by `taskQueue` where they go. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** @throws InvalidLimitError unless Temporal would take them, and they leave the task queue open */
export function checkRoutedOptions(option: string, options: RoutedActivityOptions): void {
  checkPlainObject(option, options);
  if ('taskQueue' in options && options.taskQueue !== undefined) {
    throw new InvalidLimitError(`${option}.taskQueue`, 'the pool chooses the task queue; leave it out');
  }
  if (options.startToCloseTimeout === undefined && options.scheduleToCloseTimeout === undefined) {
    throw new InvalidLimitError(option, 'expected a startToCloseTimeout or a scheduleToCloseTimeout, got neither');
  }
}

/** @throws InvalidLimitError unless the set's config names a task queue */
export function taskQueueOf({ name, config }: RoutedLimitSet, place: number): string {
  const { taskQueue } = config;
  if (typeof taskQueue === 'string' && taskQueue !== '') return taskQueue;
  throw new InvalidLimitError(
    `limitSets[${place}].config.taskQueue`,
    `expected the task queue of the workers of limit set ${describeValue(name)}, got ${describeValue(taskQueue)}`,
  );
}
