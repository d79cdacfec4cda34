/** How fast two clocks may drift apart. Unit: milliseconds per millisecond. */
const DRIFT = 1e-4;

/** Where the limiter's clock stands, as far as messages tell. Source: F. Cristian, "Probabilistic clock synchronization", 1989. */
export class ClockEstimate {
  #lower = -Infinity;
  #lowerAt = 0;
  #upper = Infinity;
  #upperAt = 0;

  /** Whether anything is known. */
  get known(): boolean {
    return Number.isFinite(this.#lower) && Number.isFinite(this.#upper);
  }

  /** Something written at `limiterTime` has arrived at `now`: the limiter's clock is at least there. */
  received(limiterTime: number, now: number): void {
    const offset = limiterTime - now;
    if (offset < this.earliest(now) - now) return;
    this.#lower = offset;
    this.#lowerAt = now;
  }

  /** Something sent at `sentAt` was read at `limiterTime`: the limiter's clock was at most there. */
  answered(limiterTime: number, sentAt: number): void {
    const offset = limiterTime - sentAt;
    if (offset > this.latest(sentAt) - sentAt) return;
    this.#upper = offset;
    this.#upperAt = sentAt;
  }

  /** The limiter's clock is at least there now. */
  earliest(now: number): number {
    return now + this.#lower - Math.abs(now - this.#lowerAt) * DRIFT;
  }

  /** The limiter's clock is at most there now. */
  latest(now: number): number {
    return now + this.#upper + Math.abs(now - this.#upperAt) * DRIFT;
  }
}
