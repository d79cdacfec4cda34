interface Watch<Waiter> {
  readonly waiters: Set<Waiter>;
  stop(): void;
}

/**
 * The waiters on each signal, with one listener for each signal: Node warns of the eleventh, and each takes longer to add.
 */
export class AbortWatch<Waiter> {
  readonly #watches = new Map<AbortSignal, Watch<Waiter>>();

  /** @param onAbort Told of all that waited on a signal together, so that none of them gets the turn of another. */
  constructor(readonly onAbort: (waiters: Iterable<Waiter>, reason: unknown) => void) {}

  /** Until the signal aborts, or `delete`. */
  add(signal: AbortSignal, waiter: Waiter): void {
    const watch = this.#watches.get(signal) ?? this.#watch(signal);
    watch.waiters.add(waiter);
  }

  delete(signal: AbortSignal, waiter: Waiter): void {
    const watch = this.#watches.get(signal);
    if (watch === undefined) return;
    watch.waiters.delete(waiter);
    if (watch.waiters.size > 0) return;
    watch.stop();
    this.#watches.delete(signal);
  }

  #watch(signal: AbortSignal): Watch<Waiter> {
    const waiters = new Set<Waiter>();
    const abort = (): void => {
      this.#watches.delete(signal);
      this.onAbort(waiters, signal.reason);
    };
    const watch = {
      waiters,
      stop: () => {
        signal.removeEventListener('abort', abort);
      },
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#watches.set(signal, watch);
    return watch;
  }
}
