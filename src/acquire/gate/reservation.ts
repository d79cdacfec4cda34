import type { Capacity, Kept } from '../../limiter/ledger/capacity';
import { addAt, at, zeros, type Vector } from '../../limiter/vector/vector';

/** What those that wait before a request keep from it, limit by limit. */
export class Reservation {
  readonly #reserved: number[];
  /** Of which limits nothing is known to bring what the request needs that was looked at last, a bit each. */
  lacking = 0;

  constructor(readonly capacity: Capacity) {
    this.#reserved = zeros(capacity.definitions.length);
  }

  /** When a request could be served beside what is reserved of the limits that it asks for; `Infinity` if not foreseeable. */
  readyAt(amounts: Vector, now: number): number {
    let moment = now;
    this.lacking = 0;
    for (let i = 0; i < amounts.length; i += 1) {
      const amount = at(amounts, i);
      if (amount === 0) continue;
      const readyAt = this.capacity.readyAtOne(i, amount + at(this.#reserved, i), now);
      if (readyAt === Infinity) this.lacking |= 1 << i;
      if (readyAt > moment) moment = readyAt;
    }
    return moment;
  }

  /** One that has to wait reserves what it asks for, as far as its capacity is kept for it. */
  add(amounts: Vector, kept: Kept): void {
    if (kept === 'nothing') return;
    const { definitions } = this.capacity;
    for (let i = 0; i < amounts.length; i += 1) {
      if (kept === 'all' || definitions[i]?.kind === 'resource') addAt(this.#reserved, i, at(amounts, i));
    }
  }
}
