import { LeaseLostError } from '../../limiter/errors/limiter-errors';

/**
 * The signals of those who hold something of a limit set here, which abort once it may be others'.
 *
 * Each holder has its own, and it is forgotten with the release: code that listens and never stops, as some clients of
 * providers do, would else be kept in memory as long as the set.
 */
export class HolderSignals {
  readonly #controllers = new Map<object, AbortController>();
  #lost: LeaseLostError | undefined;

  constructor(
    readonly name: string,
    readonly newController: () => AbortController,
  ) {}

  /**
   * Made when asked for: a controller costs more than all the rest of an acquisition.
   *
   * @param isHeld Whether it holds something still. Afterwards, it is told of what had been lost, and forgotten.
   */
  of(holder: object, isHeld: boolean): AbortSignal {
    const known = this.#controllers.get(holder);
    if (known !== undefined) return known.signal;
    const controller = this.newController();
    if (this.#lost !== undefined) controller.abort(this.#lost);
    else if (isHeld) this.#controllers.set(holder, controller);
    return controller.signal;
  }

  /** It holds nothing any more. */
  forget(holder: object): void {
    if (this.#controllers.size > 0) this.#controllers.delete(holder);
  }

  /** What all of them hold is lost: to a lease that has run out, unless another reason is given. */
  lose(reason?: Error): void {
    const controllers = [...this.#controllers.values()];
    this.#controllers.clear();
    this.#lost = new LeaseLostError(this.name, reason);
    for (const controller of controllers) controller.abort(this.#lost);
  }
}
