import { type BatchFolder } from './batch-folder';
import { type BatchRecord } from './batch-record';
import { takeBack, type Whereabouts } from './lost-worker';
import { controlQueueOf } from './partitions';
import { type TemporalTarget } from './temporal-target';
import { WorkerFleet } from './worker-fleet';

export interface BatchFleetOptions {
  readonly configFile: string;
  readonly folder: BatchFolder;
  readonly record: BatchRecord;
  readonly target: TemporalTarget;
  /** Worker processes. */
  readonly workers: number;
  /** The most items under way at each set, in the record's order. */
  readonly bounds: readonly number[];
  /** Where a process that dies has left something. */
  readonly places: Whereabouts;
}

/**
 * Starts the worker processes of a batch. Its folder has who they are: the command after this one takes back what they held
 * if this one is killed, as this one does for a process that dies.
 */
export function startFleet(options: BatchFleetOptions): WorkerFleet {
  const { configFile, folder, record, target, workers, places } = options;
  const bounds = Object.fromEntries(record.sets.map(({ name }, i) => [name, options.bounds[i] ?? 1]));
  return new WorkerFleet(
    workers,
    { configFile, target, bounds },
    {
      identityPrefix: controlQueueOf(record.id),
      noted: (pid, worker) => void folder.noteWorker(pid, worker).catch(() => undefined),
      ended: (worker, wasLost) => {
        void folder.forgetWorker(worker).catch(() => undefined);
        if (wasLost) void takeBack([worker], places, 'attempt');
      },
    },
  );
}
