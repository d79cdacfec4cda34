import type { Capacity } from '../../limiter/ledger/capacity';
import { addAt, at, type Vector } from '../../limiter/vector/vector';

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
   * One that has to wait reserves what it asks for. Permits always; units only where those that are here are meant for it.
   *
   * @param needed What {@link with} said of its amounts.
   */
  add(amounts: Vector, needed: Vector, now: number): void {
    const { definitions } = this.capacity;
    const keepsUnits = this.capacity.covers(needed, now);
    const reserved = (this.#amounts ??= amounts.map(() => 0));
    for (let i = 0; i < amounts.length; i += 1) {
      if (keepsUnits || definitions[i]?.kind === 'resource') addAt(reserved, i, at(amounts, i));
    }
  }
}
