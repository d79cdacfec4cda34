/**
 * When each window's worth of calls had arrived at a provider. Calls of a strict window come in flocks, so that what
 * arrived in a given time says little: what counts is how long the next window's worth takes.
 */
export class ArrivalTimes {
  #count = 0;
  readonly #at: number[] = [];

  constructor(readonly capacity: number) {}

  /** Arrivals are noted in their order. */
  note(at: number): void {
    if (this.#count % this.capacity === 0) this.#at.push(at);
    this.#count += 1;
  }

  /** Windows' worth that have arrived in full. */
  get windows(): number {
    return this.#at.length - 1;
  }

  /** Share of the quota used, once so many windows are over in which some were only just beginning. */
  share(windowMs: number, warmUpWindows: number): number {
    const counted = this.windows - warmUpWindows;
    return (counted * windowMs) / ((this.#at.at(-1) ?? NaN) - (this.#at[warmUpWindows] ?? NaN));
  }
}
