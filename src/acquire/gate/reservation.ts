import type { Capacity } from '../../limiter/ledger/capacity';
import { addAt, at, zeros, type Vector } from '../../limiter/vector/vector';

/** What those that wait before a request keep from it, limit by limit. */
export class Reservation {
  #amounts: number[] | undefined;

  constructor(readonly capacity: Capacity) {}

  /** What has to be free for a request: its own amounts, and what is reserved of the limits that it asks for. */
  with(amounts: Vector): Vector {
    const reserved = this.#amounts;
    if (reserved === undefined) return amounts;
    const needed = amounts.slice();
    for (let i = 0; i < needed.length; i += 1) {
      const amount = at(needed, i);
      if (amount > 0) needed[i] = amount + at(reserved, i);
    }
    return needed;
  }

  /**
   * One that has to wait reserves what it asks for, as far as its capacity is kept for it.
   *
   * @param needed What {@link with} said of its amounts.
   */
  add(amounts: Vector, needed: Vector): void {
    const kept = this.capacity.keeps(needed);
    if (kept === 'nothing') return;
    const { definitions } = this.capacity;
    const reserved = (this.#amounts ??= zeros(amounts.length));
    for (let i = 0; i < amounts.length; i += 1) {
      if (kept === 'all' || definitions[i]?.kind === 'resource') addAt(reserved, i, at(amounts, i));
    }
  }
}
