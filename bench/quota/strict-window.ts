import { ArrivalTimes } from '../support/arrival-times';

/** A provider that lets no window hold more than its capacity, and counts what it refuses. */
export class StrictWindow {
  accepted = 0;
  refused = 0;
  readonly arrivals: ArrivalTimes;
  readonly #at: number[] = [];

  constructor(
    readonly capacity: number,
    readonly windowMs: number,
  ) {
    this.arrivals = new ArrivalTimes(capacity);
  }

  /** A call arrives. Says whether it is let in. */
  arrive(at: number): boolean {
    const oldest = this.#at[this.#at.length - this.capacity] ?? -Infinity;
    if (at - oldest < this.windowMs) {
      this.refused += 1;
      return false;
    }
    this.accepted += 1;
    this.#at.push(at);
    this.arrivals.note(at);
    return true;
  }
}
