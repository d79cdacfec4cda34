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
import type { LimitSet } from '../../client/sets/limit-set';
import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError, type DefinitionConflictError } from '../../limiter/errors/definition-errors';
import { checkOptions } from '../../limiter/checks/options';
import { checkBoolean, checkWhole } from '../../limiter/checks/option-values';
import { ActivityLimits } from '../context/activity-limits';
import { runWithLimits } from '../context/current';
import { heartbeating } from '../context/heartbeat';
import { LIMITER_TASK_QUEUE, QUEUE_ACTIVITY_PREFIX } from '../../workflows/limiter/protocol';
import { loadEncoding } from './data-converter';
import { stopOnConflict } from './definition-check';
import { shareHost, type Host } from './hosts';
import { checkWorkerLimits, limitsOfWorker, setsOf, type AnyLimits, type WorkerLimits } from '../context/worker-limits';

/** Options of {@link LimitsPlugin}. */
export interface LimitsPluginOptions {
  /** The worker's limits, in any of five shapes; see {@link WorkerLimits}. @default none: everything is allowed */
  readonly limits?: WorkerLimits;
  /**
   * Where a list of limit sets starts its rotation. Range: a whole number from 0.
   * @default as configured by `configureLimits`, else the number of such workers made in this process before
   */
  readonly workerIndex?: number;
  /**
   * Whether this process also runs the limiter workflows. At least one process must. `true` runs them even where this
   * worker has no shared limits, for those of workflows and other processes. @default true with shared limits
   */
  readonly hostLimiter?: boolean;
  /** The code of `temporal-limits/workflow`, bundled beforehand. @default bundled at the first start, and kept for later ones */
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
 * The worker stops, and `worker.run()` throws `DefinitionConflictError`, if the limiter of one of its sets runs other limits
 * under the same version. No activity begins before that is known; one that was handed out meanwhile fails and may be
 * retried. A limiter that does not answer within 3 s is not waited for: a warning says so.
 *
 * @example
 * const worker = await Worker.create({
 *   taskQueue: 'llm',
 *   activities: { complete: limited(complete) },
 *   plugins: [new LimitsPlugin({ limits })],
 * });
 * await worker.run();
 */
export class LimitsPlugin implements WorkerPlugin {
  readonly name = 'temporal-limits';
  readonly #options: LimitsPluginOptions;
  /** What each worker was given, by what tells the workers of one plugin apart: the interceptor that it alone has. */
  readonly #given = new WeakMap<object, WorkerShare>();
  /** Those that workers were given here, and that end with them. */
  readonly #connections = new WeakSet<NativeConnection>();

  /** @throws InvalidLimitError naming an option that makes no sense, such as limits of none of the five shapes */
  constructor(options: LimitsPluginOptions = {}) {
    checkPluginOptions(options);
    this.#options = options;
    checkWorkerLimits(options.limits);
  }

  /** @internal */
  async configureWorker(options: WorkerOptions): Promise<WorkerOptions> {
    const given: WorkerShare = {
      limits: limitsOfWorker(this.#options.limits, this.#options.workerIndex),
      share: async () => undefined,
      stop: () => undefined,
      conflict: undefined,
    };
    const interceptor = activityInterceptor(given);
    this.#given.set(interceptor, given);
    return new SimplePlugin({ name: this.name, workerInterceptors: { activity: [interceptor] } }).configureWorker(
      await tellingQueue(options.connection === undefined ? await this.#connect(options) : options),
    );
  }

  /** @internal */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const { connection } = worker;
    const given = this.#givenTo(worker);
    const sets = given === undefined ? [] : setsOf(given.limits);
    let host: Promise<Host | undefined> | undefined;
    const share = async (): Promise<void> => {
      host ??= this.#startHost(worker);
      await host;
    };
    if (given !== undefined) given.share = share;
    try {
      await warnOfPlainSets(sets, worker.options.dataConverter);
      const isShared = sets.some((set) => set.mode === 'temporal');
      if (isShared || this.#options.hostLimiter === true) await share();
      // beside the start of the worker: before it runs, nobody could shut it down, and `runUntil` would miss its end
      const check = stopOnConflict(worker, sets);
      if (given !== undefined) {
        given.stop = check.stop;
        given.conflict = check.conflict;
        void check.conflict.then((found) => {
          if (found === undefined) given.conflict = undefined;
        });
      }
      await next(worker);
      if (check.found !== undefined) throw check.found;
    } finally {
      try {
        await Promise.all(sets.map((set) => set.yield()));
        await (await host)?.stop();
      } finally {
        if (connection !== undefined && this.#connections.has(connection)) await connection.close();
      }
    }
  }

  #givenTo({ options }: Worker): WorkerShare | undefined {
    const interceptors: readonly object[] = options.interceptors.activity;
    return interceptors.map((interceptor) => this.#given.get(interceptor)).find((given) => given !== undefined);
  }

  async #connect(options: WorkerOptions): Promise<WorkerOptions> {
    const { connectionOptions, namespace = 'default' } = environmentConfig();
    const connection = await NativeConnection.connect(connectionOptions);
    this.#connections.add(connection);
    return { ...options, connection, namespace: options.namespace ?? namespace };
  }

  /** Of the worker itself: one plugin may serve several workers, each with a connection of its own. */
  async #startHost({ connection, options }: Worker): Promise<Host | undefined> {
    if (connection === undefined) return undefined;
    const { hostLimiter = true, limiterBundle } = this.#options;
    const { namespace, dataConverter } = options;
    return shareHost({ connection, namespace, dataConverter, hostLimiter, limiterBundle });
  }
}

/** Sets are shared in their process, and may have been used before the plugin sees them: so it does not encode for them. */
async function warnOfPlainSets(
  sets: readonly LimitSet<object>[],
  converter: WorkerOptions['dataConverter'],
): Promise<void> {
  const plain = sets.filter((set) => set.mode === 'temporal' && !set.hasOwnClient);
  if (plain.length === 0 || (await limiterQueueOf(loadEncoding(converter))) === LIMITER_TASK_QUEUE) return;
  const names = plain.map(({ name }) => JSON.stringify(name)).join(', ');
  process.emitWarning(
    `The worker has a data converter, but these of its limits send plain JSON, because they have no client: ${names}. ` +
      'Pass `client` to each `LimitSet`, with the same data converter, to encode its messages.',
    'LimitsWarning',
  );
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

/** What one worker has of its plugin. */
interface WorkerShare {
  readonly limits: AnyLimits;
  /** Runs what sharing needs beside the worker, once. */
  share: () => Promise<void>;
  /** Stops the worker: see {@link stopOnConflict}. */
  stop: (conflict: DefinitionConflictError) => void;
  /** Resolves when the worker's limits have been compared with those that run; none once they are known to agree. */
  conflict: Promise<DefinitionConflictError | undefined> | undefined;
}

function activityInterceptor(given: WorkerShare): ActivityInterceptorsFactory {
  const isLimited = setsOf(given.limits).some(({ limits }) => limits.length > 0);
  const worker = {
    isLimited,
    share: () => given.share(),
    stop: (conflict: DefinitionConflictError) => {
      given.stop(conflict);
    },
  };
  return (context) => ({
    inbound: {
      execute: async (input, next) => {
        const conflict = given.conflict && (await heartbeating(context, given.conflict));
        if (conflict !== undefined) throw conflict;
        return runWithLimits(new ActivityLimits(given.limits, context), () => next(input), worker);
      },
    },
  });
}
