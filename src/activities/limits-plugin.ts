import { type Context } from '@temporalio/activity';
import { SimplePlugin } from '@temporalio/plugin';
import { NativeConnection, type Worker, type WorkerOptions } from '@temporalio/worker';
import { environmentConfig } from '../client/environment';
import { type LimitPool } from '../client/limit-pool';
import type { LimitSet } from '../client/limit-set';
import { describeValue } from '../limiter/describe-value';
import { InvalidLimitError } from '../limiter/errors/invalid-limit-error';
import { checkOptions } from '../limiter/options';
import { checkBoolean, checkWhole } from '../limiter/option-values';
import { ActivityLimits } from './activity-limits';
import { runWithLimits } from './current';
import { shareHost, type Host } from './hosts';
import { normalizeLimits, setsOf, type WorkerLimits } from './worker-limits';

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
 * hears from the limiters, and one that runs them. When the worker ends, what it held goes back at once.
 *
 * @example
 * const worker = await Worker.create({ ..., plugins: [new LimitsPlugin({ limits })] });
 */
export class LimitsPlugin extends SimplePlugin {
  readonly #options: LimitsPluginOptions;
  readonly #limits: LimitSet | LimitPool;
  #worker: WorkerOptions | undefined;

  /** @throws InvalidLimitError naming an option that makes no sense, such as limits of none of the five shapes */
  constructor(options: LimitsPluginOptions = {}) {
    super({ name: 'temporal-limits' });
    checkPluginOptions(options);
    this.#options = options;
    this.#limits = normalizeLimits(options.limits, options.workerIndex);
  }

  /** @internal */
  override configureWorker(options: WorkerOptions): WorkerOptions {
    this.#worker = super.configureWorker(options);
    const limits = this.#limits;
    const activity = [
      ...(this.#worker.interceptors?.activity ?? []),
      (context: Context) => ({
        inbound: {
          execute: <I, O>(input: I, next: (input: I) => O): O =>
            runWithLimits(new ActivityLimits(limits, context), () => next(input)),
        },
      }),
    ];
    return { ...this.#worker, interceptors: { ...this.#worker.interceptors, activity } };
  }

  /** @internal */
  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const host = await this.#startHost();
    try {
      await super.runWorker(worker, next);
    } finally {
      await Promise.all(setsOf(this.#limits).map((set) => set.yield()));
      await host?.stop();
    }
  }

  async #startHost(): Promise<Host | undefined> {
    if (!setsOf(this.#limits).some((set) => set.mode === 'temporal')) return undefined;
    const { hostLimiter = true, limiterBundle } = this.#options;
    const environment = this.#worker?.connection === undefined ? environmentConfig() : undefined;
    const connection = this.#worker?.connection ?? (await NativeConnection.connect(environment?.connectionOptions));
    const host = await shareHost({
      connection,
      namespace: this.#worker?.namespace ?? environment?.namespace ?? 'default',
      dataConverter: this.#worker?.dataConverter,
      hostLimiter,
      limiterBundle,
    });
    return {
      async stop() {
        await host.stop();
        if (environment !== undefined) await connection.close();
      },
    };
  }
}
