import { type StartWorker } from './fleet-messages';
import { addWork, type Work } from './work-counters';
import { type FleetWatch, WorkerPlace } from './worker-place';

/** The worker processes of a batch. One that dies is replaced. They end with this process, however it ends. */
export class WorkerFleet {
  readonly #places: readonly WorkerPlace[];

  /** Rejects when a process cannot be started, however often it is tried. Never resolves. */
  readonly failed: Promise<never>;

  /**
   * Resolves when as many processes serve as there are to be. Those that still start would slow down those that work, and
   * make their requests late.
   */
  readonly ready: Promise<void>;

  constructor(size: number, start: Omit<StartWorker, 'type' | 'identity'>, watch: FleetWatch) {
    this.#places = Array.from({ length: size }, () => new WorkerPlace(start, watch));
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
