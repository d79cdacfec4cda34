import { type Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { LimitsPlugin } from '../../activities/plugin/limits-plugin';
import { openLimitSet } from '../temporal/limit-sets';
import { type BatchSet, type LoadedConfig } from '../config/config';
import { type Complete, completer } from './complete';
import { MOST_IN_FLIGHT } from '../../workflows/batch/batch-protocol';
import { ServedWatch } from './served-watch';
import { newWork, WorkCounter, type Work } from './work-counters';

/** What the workers of one process are made of. */
export interface SetWorkersOptions extends LoadedConfig {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
  /** As what the workers poll. @default the process and its machine */
  readonly identity?: string;
  /** The activities of one set, made around what answers its requests. */
  readonly activities: (complete: Complete, set: BatchSet) => object;
  /** The most activities at once at one set, by its name. @default 200 */
  readonly bounds?: Readonly<Record<string, number>>;
  /** The task queue of a set. @default that of its config */
  readonly taskQueueOf?: (set: BatchSet) => string;
  /** Whether this process runs limiter workflows too. */
  readonly hostLimiter: boolean;
  /** How long running activities may continue when a worker is asked to end. @default 0 */
  readonly shutdownGraceMs?: number;
  /** Told of every change of what the workers do. */
  readonly workChanged?: (work: Work) => void;
}

/** One worker on each set's task queue, each with that set as its limits. */
export async function createSetWorkers(options: SetWorkersOptions): Promise<Worker[]> {
  const { config, apiKeys, dataConverter, connection, client, namespace, identity, workChanged } = options;
  const work = newWork();
  return Promise.all(
    config.sets.map(async (set) => {
      const counter = new WorkCounter(() => workChanged?.(work));
      work[set.name] = counter.work;
      const limits = openLimitSet(set, client);
      const complete = completer(set, config.units ?? {}, apiKeys.of(set.name), counter, new ServedWatch(limits));
      return Worker.create({
        connection,
        namespace,
        ...(identity !== undefined && { identity }),
        ...(dataConverter !== undefined && { dataConverter }),
        taskQueue: options.taskQueueOf?.(set) ?? set.config.taskQueue,
        activities: options.activities(complete, set),
        maxConcurrentActivityTaskExecutions: options.bounds?.[set.name] ?? MOST_IN_FLIGHT,
        shutdownGraceTime: options.shutdownGraceMs ?? 0,
        plugins: [new LimitsPlugin({ limits, hostLimiter: options.hostLimiter })],
      });
    }),
  );
}

/** Workers that run. */
export interface RunningWorkers {
  /** Has all of them finish what they do, and end. */
  stop(): void;
  /** Settles when all have ended; rejects if one of them failed. */
  readonly ended: Promise<void>;
}

/** So often it is looked whether a worker that is to end has started. Unit: milliseconds. */
const LOOK_EVERY_MS = 50;

/** Runs workers that belong together: when one ends, the others do too. */
export function runWorkers(workers: readonly Worker[]): RunningWorkers {
  let timer: NodeJS.Timeout | undefined;
  const shutDown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const stop = (): void => {
    // one that still starts cannot be told yet
    timer ??= setInterval(shutDown, LOOK_EVERY_MS);
    shutDown();
  };
  const runs = workers.map((worker) => worker.run());
  const endAll = async (): Promise<void> => {
    try {
      await Promise.race(runs);
    } finally {
      stop();
      await Promise.allSettled(runs);
      clearInterval(timer);
    }
    await Promise.all(runs);
  };
  return { stop, ended: endAll() };
}
