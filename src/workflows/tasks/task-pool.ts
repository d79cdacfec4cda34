import {
  CancellationScope,
  proxyActivities,
  type ActivityFunction,
  type ActivityFunctionWithOptions,
  type UntypedActivities,
} from '@temporalio/workflow';
import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { choose, type PoolState } from '../../limiter/pool/pool';
import { failing } from '../support/failure';
import { checkRoutedOptions, type RoutedActivityOptions } from '../routing/routed-options';
import { SubmissionQueues, type SubmissionQueueStats } from './submission-queues';
import { TaskHandle } from './task-handle';
import { checkTaskPoolOptions, type TaskPoolOptions, type TaskPoolSettings } from './task-pool-options';

/** The names of the activities among the members of a type. */
type ActivityName<A> = { [K in keyof A]: A[K] extends ActivityFunction ? K : never }[keyof A] & string;

/** An activity of a type, by its name. */
type ActivityOf<A, K extends keyof A> = Extract<A[K], ActivityFunction>;

/** What `TaskPool.getStats` returns. */
export interface TaskPoolStats {
  /** Number of workers; with `onDemand`, the number of tasks in flight. */
  readonly totalWorkers: number;
  /** The most tasks that a worker has at once; `null` if submissions bypass the queues (`onDemand`, `blocking`). */
  readonly maxQueuedTasks: number | null;
  /** Tasks in flight at all workers. */
  readonly inFlight: number;
  /** The queue of each worker; empty if submissions bypass them. */
  readonly submissionQueues: readonly SubmissionQueueStats[];
}

/**
 * Runs activities on several workers, with a bounded number of tasks in flight at each. A submission waits while the
 * queue of its worker is full. So a loop over a million items floods neither the task queues nor the workflow's
 * history. Each task counts once, until it has finally ended; Temporal's retries are not new submissions.
 *
 * A run has room for about 50,000 events, or 10,000 tasks. A workflow with more tasks gathers what it has submitted,
 * and continues as new.
 *
 * @example
 * const pool = new TaskPool<typeof activities>({
 *   queues: ['llm-us', 'llm-eu'],
 *   activityOptions: { startToCloseTimeout: '1m' },
 * });
 * const handles = [];
 * for (const prompt of prompts) handles.push(await pool.submit('complete', [prompt]));
 * const replies = await gather(handles);
 */
export class TaskPool<A = UntypedActivities> {
  readonly #settings: TaskPoolSettings;
  readonly #queues: SubmissionQueues;
  readonly #state: PoolState = { dispatched: 0 };

  /** @throws an `ApplicationFailure` of type `InvalidLimitError`, which names the option */
  constructor(options: TaskPoolOptions) {
    this.#settings = failing(() => checkTaskPoolOptions(options));
    const { queues, maxQueuedTasks, maxInFlight } = this.#settings;
    this.#queues = new SubmissionQueues(queues.length, maxQueuedTasks ?? Infinity, maxInFlight);
  }

  /**
   * Submits an activity to the chosen worker, as soon as that worker's queue has room. Returns the task's handle then;
   * with `blocking`, when the task has ended.
   *
   * @param activity The name of the activity, or its function from `proxyActivities`, which keeps its own options
   * @param options Added to the pool's `activityOptions`, or replacing them
   * @throws `CancelledFailure` if the workflow is cancelled while the submission waits
   */
  submit<K extends ActivityName<A>>(
    activity: K,
    args: Parameters<ActivityOf<A, K>>,
    options?: RoutedActivityOptions,
  ): Promise<TaskHandle<Awaited<ReturnType<ActivityOf<A, K>>>>>;
  submit<F extends ActivityFunction>(
    activity: ActivityFunctionWithOptions<F>,
    args: Parameters<F>,
    options?: RoutedActivityOptions,
  ): Promise<TaskHandle<Awaited<ReturnType<F>>>>;
  async submit(
    activity: string | ActivityFunctionWithOptions<ActivityFunction>,
    args: unknown[] = [],
    options: RoutedActivityOptions = {},
  ): Promise<TaskHandle<unknown>> {
    const run = failing(() => this.#activity(activity, args, options));
    const turn = this.#state.dispatched;
    const worker = this.#choose();
    await this.#admission(worker);
    const taskQueue = this.#settings.queues[worker] ?? '';
    const scope = new CancellationScope();
    const result = scope.run(() => run(taskQueue)).finally(() => this.#queues.leave(worker));
    const handle = new TaskHandle(this.#settings.onDemand ? turn : worker, taskQueue, result, () => scope.cancel());
    if (this.#settings.blocking) await result.catch(() => undefined);
    return handle;
  }

  /** How full the queues are. */
  getStats(): TaskPoolStats {
    const { onDemand, maxQueuedTasks, queues } = this.#settings;
    const { inFlight } = this.#queues;
    return {
      totalWorkers: onDemand ? inFlight : queues.length,
      maxQueuedTasks,
      inFlight,
      submissionQueues: maxQueuedTasks === null ? [] : this.#queues.stats(),
    };
  }

  #choose(): number {
    const candidates = this.#settings.queues.map((_, worker) => ({ wouldWaitMs: this.#queues.loadOf(worker) }));
    return choose(this.#settings.policy, this.#state, candidates, Math.random);
  }

  /** Checks the call now; the answer runs it on a task queue. */
  #activity(
    activity: string | ActivityFunctionWithOptions<ActivityFunction>,
    args: unknown[],
    own: RoutedActivityOptions,
  ): (taskQueue: string) => Promise<unknown> {
    if (!Array.isArray(args)) {
      throw new InvalidLimitError('args', `expected the list of the activity's arguments, got ${describeValue(args)}`);
    }
    if (typeof activity === 'function' && typeof activity.executeWithOptions === 'function') {
      return async (taskQueue): Promise<unknown> => activity.executeWithOptions({ ...own, taskQueue }, args);
    }
    if (typeof activity !== 'string' || activity === '') {
      throw new InvalidLimitError(
        'activity',
        `expected the name of an activity, or a function made by proxyActivities, got ${describeValue(activity)}`,
      );
    }
    const options = { ...this.#settings.activityOptions, ...own };
    checkRoutedOptions('activityOptions', options);
    return async (taskQueue): Promise<unknown> => proxyActivities({ ...options, taskQueue })[activity]?.(...args);
  }

  async #admission(worker: number): Promise<void> {
    const scope = CancellationScope.current();
    let withdraw = (): boolean => false;
    const admitted = new Promise<void>((resolve) => {
      withdraw = this.#queues.enter(worker, resolve);
    });
    if (!scope.cancellable) return admitted;
    try {
      await Promise.race([admitted, scope.cancelRequested]);
    } catch (error) {
      // a task that was let in meanwhile is cancelled by its own scope, and leaves when it has ended
      if (withdraw()) throw error;
    }
  }
}
