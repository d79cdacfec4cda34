import { SimplePlugin } from '@temporalio/plugin';
import {
  NativeConnection,
  type ActivityInterceptorsFactory,
  type Worker,
  type WorkerOptions,
  type WorkerPlugin,
} from '@temporalio/worker';
import { limiterQueueOf } from '../../client/link/encoding';
import { environmentConfig } from '../../client/link/environment';
import { type LimitPool } from '../../client/sets/limit-pool';
import type { LimitSet } from '../../client/sets/limit-set';
import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { checkOptions } from '../../limiter/checks/options';
import { checkBoolean, checkWhole } from '../../limiter/checks/option-values';
import { ActivityLimits } from '../context/activity-limits';
import { runWithLimits } from '../context/current';
import { LIMITER_TASK_QUEUE, QUEUE_ACTIVITY_PREFIX } from '../../workflows/limiter/protocol';
import { loadEncoding } from './data-converter';
import { shareHost, type Host } from './hosts';
import { normalizeLimits, setsOf, type WorkerLimits } from '../context/worker-limits';

/** Options of {@link LimitsPlugin}. */
export interface LimitsPluginOptions {
  /** The worker's limits, in any of five shapes; see {@link WorkerLimits}. @default none: everything is allowed */
  readonly limits?: WorkerLimits;
  /** Where a list of limit sets starts its rotation. @default the number of such workers made in this process before */
  readonly workerIndex?: number;
  /** Whether this process also runs the limiter workflows. At least one process must. @default true */
  readonly hostLimiter?: boolean;
  /** The code of `temporal-limits/workflow`, bundled beforehand, for a faster start. @default bundled at the start */
  readonly limiterBundle?: WorkerOptions['workflowBundle'];
}

const OPTIONS = new Set(['limits', 'workerIndex', 'hostLimiter', 'limiterBundle']);

function checkPluginOptions(options: LimitsPluginOptions): void {
  checkOptions('LimitsPlugin', options, OPTIONS);
  const { workerIndex, hostLimiter, limiterBundle } = options as Readonly<Record<string, unknown>>;
  if (workerIndex !== undefined) checkWhole('workerIndex', workerIndex, 0);
  if (hostLimiter !== undefined) checkBoolean('hostLimiter', hostLimiter);
  if (limiterBundle !== undefined && (typeof limiterBundle !== 'object' || limiterBundle === null)) {
    throw new InvalidLimitError('limiterBundle', `expected a workflow bundle, got ${describeValue(limiterBundle)}`);
  }
}

/**
 * Gives a worker its limits. Beside the worker it runs what sharing needs, for as long as the worker runs: a worker that
 * hears from the limiters, and one that runs them. When the worker ends, what it held goes back at once. A worker that is
 * given no `connection` is connected where its limit sets are, as `@temporalio/envconfig` says; by itself it would not be.
 *
 * @example
 * const worker = await Worker.create({ ..., plugins: [new LimitsPlugin({ limits })] });
 */
export class LimitsPlugin implements WorkerPlugin {
  readonly name = 'temporal-limits';
  readonly #options: LimitsPluginOptions;
  readonly #limits: LimitSet | LimitPool;
  readonly #interception: SimplePlugin;
  /** Those that workers were given here, and that end with them. */
  readonly #connections = new WeakSet<NativeConnection>();

  /** @throws InvalidLimitError naming an option that makes no sense, such as limits of none of the five shapes */
  constructor(options: LimitsPluginOptions = {}) {
    checkPluginOptions(options);
    this.#options = options;
    this.#limits = normalizeLimits(options.limits, options.workerIndex);
    this.#interception = new SimplePlugin({
      name: this.name,
      workerInterceptors: { activity: [activityInterceptor(this.#limits)] },
    });
  }

  /** @internal */
  async configureWorker(options: WorkerOptions): Promise<WorkerOptions> {
    return this.#interception.configureWorker(
      await tellingQueue(options.connection === undefined ? await this.#connect(options) : options),
    );
  }

  /** @internal */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const { connection } = worker;
    const host = await this.#startHost(worker);
    try {
      await next(worker);
    } finally {
      try {
        await Promise.all(setsOf(this.#limits).map((set) => set.yield()));
        await host?.stop();
      } finally {
        if (connection !== undefined && this.#connections.has(connection)) await connection.close();
      }
    }
  }

  async #connect(options: WorkerOptions): Promise<WorkerOptions> {
    const { connectionOptions, namespace = 'default' } = environmentConfig();
    const connection = await NativeConnection.connect(connectionOptions);
    this.#connections.add(connection);
    return { ...options, connection, namespace: options.namespace ?? namespace };
  }

  /** Of the worker itself: one plugin may serve several workers, each with a connection of its own. */
  async #startHost({ connection, options }: Worker): Promise<Host | undefined> {
    if (connection === undefined || !setsOf(this.#limits).some((set) => set.mode === 'temporal')) return undefined;
    const { hostLimiter = true, limiterBundle } = this.#options;
    const { namespace, dataConverter } = options;
    return shareHost({ connection, namespace, dataConverter, hostLimiter, limiterBundle });
  }
}

/** Workflows in the sandbox see only the names of their worker's activities; a worker of workflows alone takes no activities. */
async function tellingQueue(options: WorkerOptions): Promise<WorkerOptions> {
  const queue = await limiterQueueOf(loadEncoding(options.dataConverter));
  if (queue === LIMITER_TASK_QUEUE) return options;
  const isAlone = Object.keys(options.activities ?? {}).length === 0;
  return {
    ...options,
    activities: { ...options.activities, [`${QUEUE_ACTIVITY_PREFIX}${queue}`]: () => undefined },
    ...(isAlone && { enableNonLocalActivities: false }),
  };
}

function activityInterceptor(limits: LimitSet | LimitPool): ActivityInterceptorsFactory {
  return (context) => ({
    inbound: {
      execute: (input, next) => runWithLimits(new ActivityLimits(limits, context), () => next(input)),
    },
  });
}
