/** Waits that double from `firstMs` up to `mostMs`, each somewhere within its upper half, so that clients spread out. */
export class Backoff {
  #nextMs: number;

  constructor(
    readonly firstMs: number,
    readonly mostMs: number,
    readonly random: () => number = Math.random,
  ) {
    this.#nextMs = firstMs;
  }

  /**
   * The next wait, which is no shorter than the last call took: a slow server is not called more often than
   * it can answer. Unit: milliseconds.
   */
  next(tookMs = 0): number {
    const delayMs = tookMs + this.#nextMs * (0.5 + this.random() / 2);
    this.#nextMs = Math.min(this.mostMs, this.#nextMs * 2);
    return delayMs;
  }

  reset(): void {
    this.#nextMs = this.firstMs;
  }
}
