import { type Worker } from '@temporalio/worker';

/** Workers that run. */
export interface RunningWorkers {
  /** Has all of them finish what they do, and end. */
  stop(): void;
  /** Settles when all have ended; rejects if one of them failed. */
  readonly ended: Promise<void>;
}

/** Runs workers that belong together: when one ends, the others do too. */
export function runWorkers(workers: readonly Worker[]): RunningWorkers {
  const stop = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const runs = workers.map((worker) => worker.run());
  const endAll = async (): Promise<void> => {
    try {
      await Promise.race(runs);
    } finally {
      stop();
      await Promise.allSettled(runs);
    }
    await Promise.all(runs);
  };
  return { stop, ended: endAll() };
}
