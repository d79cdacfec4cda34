import type { LimitDefinition } from '../definition/definition';
import type { Capacity, Kept } from '../ledger/capacity';
import type { Ledger } from '../ledger/ledger';
import { at, type Vector } from '../vector/vector';

/**
 * A ledger whose units count as started only a guard after they were taken, as with a limiter. It stands before the
 * ledger of a process once its provider has refused what there was room for.
 */
export class GuardedLedger implements Capacity {
  /** @param guardMs How wide the guard is; asked anew each time, as it narrows. */
  constructor(
    readonly ledger: Ledger,
    readonly guardMs: (now: number) => number,
  ) {}

  get definitions(): readonly LimitDefinition[] {
    return this.ledger.definitions;
  }

  readyAt(amounts: Vector, now: number): number {
    return amounts.reduce(
      (latest, amount, i) => (amount > 0 ? Math.max(latest, this.readyAtOne(i, amount, now)) : latest),
      now,
    );
  }

  readyAtOne(index: number, amount: number, now: number): number {
    const readyAt = this.ledger.readyAtOne(index, amount, now);
    if (readyAt < Infinity || this.definitions[index]?.kind === 'resource') return readyAt;
    this.#landDue(now);
    // what has not landed yet recovers, too: from when on, can be said when it has
    return this.ledger.nextLanding();
  }

  available(index: number, now: number): number {
    return this.ledger.available(index, now);
  }

  keeps(): Kept {
    return this.ledger.keeps();
  }

  take(amounts: Vector, now: number): void {
    const startedBy = now + this.guardMs(now);
    this.definitions.forEach((_, i) => {
      const amount = at(amounts, i);
      this.ledger.hold(i, amount);
      this.ledger.land(i, amount, startedBy, now);
    });
    this.ledger.takenAt = now;
    this.ledger.startedBy = startedBy;
  }

  release(amounts: Vector): void {
    this.ledger.release(amounts);
  }

  #landDue(now: number): void {
    this.definitions.forEach((_, i) => this.ledger.available(i, now));
  }
}
