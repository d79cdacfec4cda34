import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/**
 * One timer at a time, and as few as possible: each costs events. A timer that runs is kept unless the moment asked for
 * is earlier.
 */
export class Alarm {
  #at = Infinity;
  #scope: CancellationScope | undefined;
  /** Whether the moment has come since it was last looked at. */
  rang = false;

  /** Rings at this moment at the latest; `Infinity` asks for nothing. */
  set(at: number): void {
    if (at >= this.#at) return;
    this.#scope?.cancel();
    const scope = new CancellationScope();
    this.#at = at;
    this.#scope = scope;
    scope
      .run(async () => sleep(Math.max(1, Math.ceil(at - Date.now()))))
      .then(() => {
        if (this.#scope === scope) this.#ring();
      })
      .catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
  }

  /** Rings no more, unless it is set again. */
  stop(): void {
    this.#scope?.cancel();
    this.#at = Infinity;
    this.#scope = undefined;
  }

  #ring(): void {
    this.#at = Infinity;
    this.#scope = undefined;
    this.rang = true;
  }
}
