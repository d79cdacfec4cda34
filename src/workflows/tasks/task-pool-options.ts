import { type LoadBalancing } from '../../limiter/pool/balancers';
import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { checkBoolean, checkWhole } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import { checkPolicy, type PoolPolicy } from '../../limiter/pool/pool';
import {
  checkRoutedOptions,
  taskQueueOf,
  type RoutedActivityOptions,
  type RoutedLimitSet,
} from '../routing/routed-options';

/**
 * The most tasks that a pool has in flight, whatever its queues would take. A workflow may have 2,000 pending activities,
 * and its whole workflow task fails at one more; some room is left for its others, and for a second pool.
 */
const MAX_IN_FLIGHT = 500;

const DEFAULT_QUEUED_TASKS = 100;

/** Options of a {@link TaskPool}. Either `queues` or `limitPool` says where the tasks go. */
export interface TaskPoolOptions {
  /** Task queues, one worker each. At least one. */
  readonly queues?: readonly string[] | undefined;
  /**
   * A pool of limit sets, one worker each, which serves the set's `config.taskQueue`. The activities apply its limits.
   */
  readonly limitPool?: RoutedLimitPool | undefined;
  /**
   * Number of workers, each with its own queue. If there are more workers than task queues, they share those in turn.
   * With `onDemand`, the most tasks at once. Range: a whole number up to 500, from the number of task queues, or from 1
   * with `onDemand`.
   * @default one for each task queue; with `onDemand`, 500
   */
  readonly maxWorkers?: number | undefined;
  /**
   * Tasks that a worker has at once before `submit` waits. Range: a whole number from 1; all workers together have at
   * most 500. Tasks of less than a second finish sooner if all workers together have under 100: the server buffers 100
   * events for a busy workflow, and repeats its workflow task at one more. (3,000 tasks of 0 ms on two queues take 30 s
   * with 100 each, and 12 s with 40.) @default 100, the default concurrency of a worker process, so that a full queue
   * never leaves it idle
   */
  readonly maxQueuedTasks?: number | undefined;
  /** How to choose a worker. `'LeastWait'` chooses the one with the fewest tasks. @default 'RoundRobin' */
  readonly loadBalancing?: LoadBalancing | undefined;
  /** Where the rotation starts, so that workflows with the same pool begin at different workers. @default 0 */
  readonly workerIndex?: number | undefined;
  /** Whether each task gets its own worker, so that no queue is ever full. @default false */
  readonly onDemand?: boolean | undefined;
  /** Whether `submit` returns only when the task has ended. Then no queue is ever full either. @default false */
  readonly blocking?: boolean | undefined;
  /** Options of the activities. Required for those submitted by name. @default only the options of proxied functions */
  readonly activityOptions?: RoutedActivityOptions | undefined;
}

/** What a task pool needs of a limit pool. */
export interface RoutedLimitPool {
  /** At least one. */
  readonly limitSets: readonly RoutedLimitSet[];
}

/** Options with nothing left open. */
export interface TaskPoolSettings {
  readonly policy: PoolPolicy;
  /** The task queue of each worker. */
  readonly queues: readonly string[];
  /** The most that one worker has; null where it has no queue. */
  readonly maxQueuedTasks: number | null;
  /** The most that all have. */
  readonly maxInFlight: number;
  readonly onDemand: boolean;
  readonly blocking: boolean;
  readonly activityOptions: RoutedActivityOptions | undefined;
}

const OPTIONS = new Set<keyof TaskPoolOptions>([
  'queues',
  'limitPool',
  'maxWorkers',
  'maxQueuedTasks',
  'loadBalancing',
  'workerIndex',
  'onDemand',
  'blocking',
  'activityOptions',
]);

/** @throws InvalidLimitError naming the invalid option */
export function checkTaskPoolOptions(options: TaskPoolOptions): TaskPoolSettings {
  checkOptions('a task pool', options, OPTIONS);
  const { maxWorkers, maxQueuedTasks = DEFAULT_QUEUED_TASKS, activityOptions } = options;
  const { loadBalancing = 'RoundRobin', workerIndex = 0 } = options;
  const policy = checkPolicy({ loadBalancing, workerIndex, failover: false });
  const onDemand = checkBoolean('onDemand', options.onDemand ?? false);
  const blocking = checkBoolean('blocking', options.blocking ?? false);
  const queues = checkQueues(options);
  if (maxWorkers !== undefined) checkWhole('maxWorkers', maxWorkers, onDemand ? 1 : queues.length, MAX_IN_FLIGHT);
  checkWhole('maxQueuedTasks', maxQueuedTasks, 1);
  if (activityOptions !== undefined) checkRoutedOptions('activityOptions', activityOptions);
  const workers = onDemand ? queues.length : (maxWorkers ?? queues.length);
  return {
    policy,
    queues: Array.from({ length: workers }, (_, i) => queues[i % queues.length] ?? ''),
    maxQueuedTasks: onDemand || blocking ? null : maxQueuedTasks,
    maxInFlight: onDemand ? (maxWorkers ?? MAX_IN_FLIGHT) : MAX_IN_FLIGHT,
    onDemand,
    blocking,
    activityOptions,
  };
}

function checkQueues({ queues, limitPool }: TaskPoolOptions): readonly string[] {
  if ((queues === undefined) === (limitPool === undefined)) {
    const got = queues === undefined ? 'neither' : 'both';
    throw new InvalidLimitError('queues', `expected either queues or limitPool, got ${got}`);
  }
  if (limitPool !== undefined) {
    const sets: unknown = (limitPool as Partial<typeof limitPool> | null)?.limitSets;
    if (!Array.isArray(sets)) {
      throw new InvalidLimitError('limitPool', `expected a LimitPool, got ${describeValue(limitPool)}`);
    }
    if (sets.length === 0) throw new InvalidLimitError('limitPool', 'it has no limit sets');
    return (sets as RoutedLimitSet[]).map(taskQueueOf);
  }
  if (!Array.isArray(queues) || queues.length === 0) {
    const got = Array.isArray(queues) ? 'none' : describeValue(queues);
    throw new InvalidLimitError('queues', `expected a list of at least one task queue, got ${got}`);
  }
  return queues.map((queue: unknown, i) => {
    if (typeof queue === 'string' && queue !== '') return queue;
    throw new InvalidLimitError(`queues[${i}]`, `expected the name of a task queue, got ${describeValue(queue)}`);
  });
}
