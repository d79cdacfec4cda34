import type { Capacity } from '../../limiter/ledger/capacity';

/** What those that wait before a request keep from it, limit by limit. */
export class Reservation {
  #amounts: number[] | undefined;

  constructor(readonly capacity: Capacity) {}

  /** What has to be free for a request: its own amounts, and what is reserved of the limits that it asks for. */
  with(amounts: readonly number[]): readonly number[] {
    const reserved = this.#amounts;
    if (reserved === undefined) return amounts;
    const needed = amounts.slice();
    for (let i = 0; i < needed.length; i += 1) {
      const amount = needed[i] ?? 0;
      if (amount > 0) needed[i] = amount + (reserved[i] ?? 0);
    }
    return needed;
  }

  /**
   * One that has to wait reserves what it asks for. Permits always; units only where those that are here are meant for it.
   *
   * @param needed What {@link with} said of its amounts.
   */
  add(amounts: readonly number[], needed: readonly number[], now: number): void {
    const { definitions } = this.capacity;
    const keepsUnits = this.capacity.covers(needed, now);
    const reserved = (this.#amounts ??= amounts.map(() => 0));
    for (let i = 0; i < amounts.length; i += 1) {
      if (keepsUnits || definitions[i]?.kind === 'resource') reserved[i] = (reserved[i] ?? 0) + (amounts[i] ?? 0);
    }
  }
}
