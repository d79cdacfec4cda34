import { spread } from '../world/random';

/** A time during which there is work. */
interface Period {
  readonly from: number;
  readonly to: number;
}

const SHORTEST_MS = 2_000;
const LONGEST_MS = 40_000;

/** When there is work: periods of it, and idle time in between. */
export class WorkPeriods {
  readonly #periods: readonly Period[];
  /** Length of all periods together. Unit: milliseconds. */
  readonly busyMs: number;

  constructor(ms: number, idleMs: number, random: () => number) {
    const periods: Period[] = [];
    let at = 0;
    while (at < ms) {
      const to = Math.min(ms, at + spread(random, SHORTEST_MS, LONGEST_MS));
      periods.push({ from: at, to });
      at = to + idleMs * 2 * random();
    }
    this.#periods = periods;
    this.busyMs = periods.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** When there is work next, from a moment on: at once, or at the beginning of a period; `undefined` if never. */
  nextBusy(at: number): number | undefined {
    // the last period that has begun, or the first
    let [low, high] = [0, this.#periods.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#periods[middle]!.to <= at) low = middle + 1;
      else high = middle;
    }
    const period = this.#periods[low];
    return period && Math.max(at, period.from);
  }

  /** Moments at random within the periods, so far apart on average in time of work. */
  *moments(random: () => number, everyMs: number): Generator<number> {
    let ahead = -Math.log(1 - random()) * everyMs;
    for (const { from, to } of this.#periods) {
      let at = from + ahead;
      while (at < to) {
        yield at;
        at -= Math.log(1 - random()) * everyMs;
      }
      ahead = at - to;
    }
  }
}
