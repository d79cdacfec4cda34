interface Entry {
  readonly at: number;
  readonly amount: number;
}

/** Entries behind the head are dropped in bulk once they are this many, so that expiry stays O(1) amortised. */
const COMPACT_AFTER = 1024;

/**
 * An exact sliding log: every entry is kept until it is `windowMs` old, and what is in use is their sum.
 *
 * An entry made at `t` counts in `(now - windowMs, now]`: it is free again at exactly `t + windowMs`. Times must not
 * go backwards.
 */
export class SlidingLog {
  #entries: Entry[] = [];
  #head = 0;
  #used = 0;
  #peak = 0;

  constructor(
    public capacity: number,
    readonly windowMs: number,
  ) {}

  /** The most that was ever in use at once. */
  get peak(): number {
    return this.#peak;
  }

  used(now: number): number {
    this.#expire(now);
    return this.#used;
  }

  fits(now: number, amount: number): boolean {
    return this.used(now) + amount <= this.capacity;
  }

  add(now: number, amount: number): void {
    this.#expire(now);
    this.#entries.push({ at: now, amount });
    this.#used += amount;
    this.#peak = Math.max(this.#peak, this.#used);
  }

  /** Milliseconds until `amount` fits if nothing else arrives; a whole window for an amount that never will. */
  msUntilFits(now: number, amount: number): number {
    this.#expire(now);
    let excess = this.#used + amount - this.capacity;
    if (excess <= 0) return 0;
    for (let i = this.#head; i < this.#entries.length; i++) {
      const entry = this.#entries[i];
      if (entry === undefined) break;
      excess -= entry.amount;
      if (excess <= 0) return entry.at + this.windowMs - now;
    }
    return this.windowMs;
  }

  #expire(now: number): void {
    for (;;) {
      const oldest = this.#entries[this.#head];
      if (oldest === undefined || oldest.at > now - this.windowMs) break;
      this.#used -= oldest.amount;
      this.#head += 1;
    }
    if (this.#head >= COMPACT_AFTER && this.#head * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }
}
