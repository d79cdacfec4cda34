/** How long after a change holders may not have heard of the new capacity. Unit: milliseconds. */
const AFTERMATH_MS = 5_000;

/** Permits of one limit in use by processes that run. */
export class PermitCount {
  inUse = 0;
  /** The most there ever were. */
  most = 0;
  /** How many there may be at this moment. */
  #allowed: number;
  #strictAt = 0;
  #time = 0;
  #at = 0;

  constructor(public capacity: number) {
    this.#allowed = capacity;
  }

  /** The capacity has changed. Who holds a permit keeps it: above the new capacity their number may only fall. */
  redefine(capacity: number, leaseMs: number, now: number): void {
    this.#allowed = Math.max(this.#allowed, capacity);
    this.capacity = capacity;
    this.#strictAt = now + leaseMs + AFTERMATH_MS;
  }

  /** Says by how much there are too many. */
  use(amount: number, now: number): number {
    if (now >= this.#strictAt) this.#allowed = Math.max(this.capacity, Math.min(this.#allowed, this.inUse));
    this.timeUntil(now);
    this.inUse += amount;
    this.most = Math.max(this.most, this.inUse);
    return this.inUse - this.#allowed;
  }

  /** Permits in use, summed over the time until now. Unit: milliseconds. */
  timeUntil(now: number): number {
    this.#time += this.inUse * (now - this.#at);
    this.#at = now;
    return this.#time;
  }
}
