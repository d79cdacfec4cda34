/**
 * Acquisitions that will not wait: each is refused once the limiter has read a sync that reported it and has granted what
 * it would grant then.
 */
export class PendingTryAcquires {
  /** With the number of the sync that reported each; `Infinity` until one has. */
  readonly #refusals = new Map<() => void, number>();

  get size(): number {
    return this.#refusals.size;
  }

  /** Whether one has not been reported. */
  get isNew(): boolean {
    for (const seq of this.#refusals.values()) if (seq === Infinity) return true;
    return false;
  }

  add(refuse: () => void): void {
    this.#refusals.set(refuse, Infinity);
  }

  delete(refuse: () => void): void {
    this.#refusals.delete(refuse);
  }

  /** This sync reports all of them. */
  reported(seq: number): void {
    for (const [refuse, before] of this.#refusals) if (before === Infinity) this.#refusals.set(refuse, seq);
  }

  /** What was reported is void: another limiter, or another lease, has to be asked. */
  askAgain(): void {
    for (const refuse of this.#refusals.keys()) this.#refusals.set(refuse, Infinity);
  }

  /** The limiter has read this sync and answered it. */
  answered(ack: number): void {
    for (const [refuse, seq] of [...this.#refusals]) {
      if (seq > ack) continue;
      this.#refusals.delete(refuse);
      refuse();
    }
  }
}
