import type { VirtualClock } from './virtual-clock';

/**
 * What a server does to one workflow: one transaction after the other, each of which takes so long, because it is many
 * statements to a database. The server takes the workflow's lock for calls first; what dispatches a task has to wait until
 * no call does, however long it has been waiting.
 */
export class Transactions {
  readonly #calls: (() => void)[] = [];
  readonly #dispatches: (() => void)[] = [];
  #isBusy = false;

  constructor(
    readonly world: VirtualClock,
    /** How long each takes. Unit: milliseconds. */
    public eachMs: number,
  ) {}

  /** A call tells the workflow something, or takes or ends a task of it. */
  call(): Promise<void> {
    return this.#queue(this.#calls);
  }

  /** A task of the workflow is handed to a worker. */
  dispatch(): Promise<void> {
    return this.#queue(this.#dispatches);
  }

  async #queue(queue: (() => void)[]): Promise<void> {
    if (this.eachMs === 0) return;
    await new Promise<void>((resolve) => {
      queue.push(resolve);
      this.#next();
    });
  }

  #next(): void {
    if (this.#isBusy) return;
    const done = this.#calls.shift() ?? this.#dispatches.shift();
    if (done === undefined) return;
    this.#isBusy = true;
    this.world.after(this.eachMs, () => {
      this.#isBusy = false;
      done();
      this.#next();
    });
  }
}
