import { type StartWorker, type FleetWatch, WorkerSlot } from './worker-slot';
import { addWork, type Work } from './work-counters';
import { type ItemResult } from '../../workflows/batch/item-result';
import { type BatchFolder } from '../state/batch-folder';
import { type BatchRecord } from '../state/batch-record';
import { reclaim, type ReclaimTargets } from '../state/lost-worker';
import { controlQueueOf } from '../state/partitions';
import { type TemporalTarget } from '../temporal/temporal-target';

/** The worker processes of a batch. One that dies is replaced. They end with this process, however it ends. */
export class WorkerFleet {
  readonly #places: readonly WorkerSlot[];

  /** Rejects when a process cannot be started, however often it is tried. Never resolves. */
  readonly failed: Promise<never>;

  /**
   * Resolves when as many processes serve as there are to be. Those that still start would slow down those that work, and
   * make their requests late.
   */
  readonly ready: Promise<void>;

  constructor(size: number, start: Omit<StartWorker, 'type' | 'identity'>, watch: FleetWatch) {
    this.#places = Array.from({ length: size }, () => new WorkerSlot(start, watch));
    this.failed = Promise.race(this.#places.map(({ failed }) => failed));
    this.failed.catch(() => undefined);
    this.ready = Promise.all(this.#places.map(({ ready }) => ready)).then(() => undefined);
  }

  /** What all processes have done and do. */
  get work(): Work {
    return addWork(this.#places.map(({ work }) => work));
  }

  /** Has items given back that still wait, whichever process has them. */
  recall(ids: readonly string[]): void {
    for (const place of this.#places) place.tell({ type: 'recall', ids });
  }

  /** Ends every process, the slow ones by force. */
  async stop(): Promise<void> {
    await Promise.all(this.#places.map((place) => place.stop()));
  }
}

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
  readonly places: ReclaimTargets;
  /** Writes a result to the output. */
  readonly write: (result: ItemResult) => Promise<void>;
}

/**
 * Starts the worker processes of a batch. Its folder has who they are: the command after this one takes back what they held
 * if this one is killed, as this one does for a process that dies.
 */
export function startFleet(options: BatchFleetOptions): WorkerFleet {
  const { configFile, folder, record, target, workers, places, write } = options;
  const bounds = Object.fromEntries(record.sets.map(({ name }, i) => [name, options.bounds[i] ?? 1]));
  return new WorkerFleet(
    workers,
    { configFile, target, bounds },
    {
      identityPrefix: controlQueueOf(record.id),
      noted: (pid, worker) => void folder.noteWorker(pid, worker).catch(() => undefined),
      ended: (worker, wasLost) => {
        void folder.forgetWorker(worker).catch(() => undefined);
        if (wasLost) void reclaim([worker], places, 'attempt');
      },
      write,
    },
  );
}
