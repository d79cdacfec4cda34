import { LeaseLostError } from '../../limiter/errors/limiter-errors';

/** A signal to all who hold something of a limit set here: it may be others' from now on. */
export class LeaseLossSignal {
  #controller: AbortController;

  constructor(
    readonly name: string,
    readonly newController: () => AbortController,
  ) {
    this.#controller = newController();
  }

  /** Aborts when what is held at this moment is lost. */
  get lost(): AbortSignal {
    return this.#controller.signal;
  }

  /** What is held is lost; what comes from now on is not. */
  lose(): void {
    const holders = this.#controller;
    this.#controller = this.newController();
    holders.abort(new LeaseLostError(this.name));
  }
}
