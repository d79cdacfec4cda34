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
import { deadlineOf } from '../context/activity-deadline';
import { runWithLimits } from '../context/current';
import { heartbeating } from '../context/heartbeat';
import { LIMITER_TASK_QUEUE, QUEUE_ACTIVITY_PREFIX } from '../../workflows/limiter/protocol';
import { loadEncoding } from './data-converter';
import { stopOnConflict } from './definition-check';
import { shareHost, type Host } from './hosts';
import { warnOfOtherServer } from './server-check';
import { checkWorkerLimits, limitsOfWorker, setsOf, type AnyLimits, type WorkerLimits } from '../context/worker-limits';

/** Options of {@link LimitsPlugin}. */
export interface LimitsPluginOptions {
  /** The worker's limits, in one of five shapes; see {@link WorkerLimits}. @default none, which allows everything */
  readonly limits?: WorkerLimits;
  /**
   * Where a list of limit sets starts its rotation. Range: a whole number from 0.
   * @default the one of `configureLimits`, or the number of such workers created before in this process
   */
  readonly workerIndex?: number;
  /**
   * Whether this process also runs limiter workflows. At least one process must. With `true`, it runs them for
   * workflows and other processes even if this worker has no limits in Temporal mode. @default true
   * if the limits are in Temporal mode
   */
  readonly hostLimiter?: boolean;
  /**
   * The code of `temporal-limits/workflow`, bundled in advance. @default the bundle in this package; for another
   * version of the SDK, bundled at the first start and cached
   */
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
 * Gives a worker its limits. For as long as the worker runs, the plugin also runs a worker that receives messages from
 * limiters, and one that runs limiters. When the worker ends, everything that it held goes back at once. A worker
 * without a `connection` gets one to the server of its limit sets, as `@temporalio/envconfig` configures it. A worker
 * takes one `LimitsPlugin`; `Worker.create` rejects with `InvalidLimitError` if it is given two.
 *
 * If the limiter of one of its sets runs other limits under the same version, the worker stops, and `worker.run()`
 * throws `DefinitionConflictError`. No activity begins before that check; an activity that was dispatched meanwhile
 * fails and may be retried. The plugin waits 3 s for a limiter's answer, and then continues with a warning.
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

  /** @throws InvalidLimitError, which names an invalid option, such as limits of another shape */
  constructor(options: LimitsPluginOptions = {}) {
    checkPluginOptions(options);
    this.#options = options;
    checkWorkerLimits(options.limits);
  }

  /** @internal */
  async configureWorker(options: WorkerOptions): Promise<WorkerOptions> {
    if ((options.plugins ?? []).filter(({ name }) => name === this.name).length > 1) {
      throw new InvalidLimitError('plugins', 'expected one LimitsPlugin for each worker, with all of its options');
    }
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
      host ??= this.#startHost(worker).catch((error: unknown) => {
        // the next that needs it tries again
        host = undefined;
        throw error;
      });
      await host;
    };
    if (given !== undefined) given.share = share;
    try {
      await warnOfPlainSets(sets, worker.options.dataConverter);
      // nobody waits for it
      if (connection !== undefined)
        warnOfOtherServer({ connection, options: worker.options }, sets).catch(() => undefined);
      const isShared = sets.some((set) => set.mode === 'temporal');
      if (isShared || this.#options.hostLimiter === true) await share();
      // while the worker starts: before it runs, no caller could shut it down, and `runUntil` would miss its end
      const check = stopOnConflict(worker, sets);
      if (given !== undefined) {
        given.stop = check.stop;
        given.conflict = check.conflict;
        void check.conflict.then((found) => {
          if (found === undefined) given.conflict = undefined;
        });
      }
      await next(worker).finally(check.end);
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
        // from here on its time is counted
        deadlineOf(context);
        const conflict = given.conflict && (await heartbeating(context, given.conflict));
        if (conflict !== undefined) throw conflict;
        return runWithLimits(new ActivityLimits(given.limits, context), () => next(input), worker);
      },
    },
  });
}
