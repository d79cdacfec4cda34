import { availableParallelism } from 'node:os';
import { addWork, type Work } from './work-counters';
import { type FleetOrders, WorkerSlot } from './worker-slot';

/**
 * So many processes start at once: starting takes a core each, and one is left to those that work, whose requests would
 * otherwise be late. The next starts when one of them has something to do: until then the first call would wait for it.
 */
const STARTING_AT_ONCE = Math.max(1, availableParallelism() - 1);

/**
 * The worker processes of a batch. They begin to start at once, and serve when they are told what. One that dies is
 * replaced. They end with this process, however it ends.
 */
export class WorkerFleet {
  readonly #slots: WorkerSlot[] = [];
  #orders: FleetOrders | undefined;
  #isStopping = false;
  #serves: () => void = () => undefined;
  #giveUp: (error: unknown) => void = () => undefined;

  /** Resolves when the first process serves; the others join it. */
  readonly ready = new Promise<void>((resolve) => {
    this.#serves = resolve;
  });

  /** Rejects when a process cannot be started, however often it is tried, or cannot serve what it is told to. Never resolves. */
  readonly failed = new Promise<never>((_resolve, reject) => {
    this.#giveUp = reject;
  });

  constructor(
    private readonly size: number,
    startingAtOnce = STARTING_AT_ONCE,
  ) {
    this.failed.catch(() => undefined);
    for (let i = 0; i < startingAtOnce; i += 1) this.#addSlot();
  }

  /** Has all processes serve. */
  serve(orders: FleetOrders): void {
    this.#orders = orders;
    for (const slot of this.#slots) slot.serve(orders);
  }

  /** What all processes have done and do. */
  get work(): Work {
    return addWork(this.#slots.map(({ work }) => work));
  }

  /** Has items given back that still wait, whichever process has them. */
  recall(ids: readonly string[]): void {
    for (const slot of this.#slots) slot.tell({ type: 'recall', ids });
  }

  /** Ends every process, the slow ones by force. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#slots.map((slot) => slot.stop()));
  }

  #addSlot(): void {
    if (this.#isStopping || this.#slots.length >= this.size) return;
    const slot = new WorkerSlot();
    this.#slots.push(slot);
    if (this.#orders !== undefined) slot.serve(this.#orders);
    slot.failed.catch(this.#giveUp);
    void slot.ready.then(() => this.#serves());
    void slot.busy.then(() => this.#addSlot());
  }
}
