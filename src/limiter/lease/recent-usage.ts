import { addAt, at, isZero, zeros, type Vector } from '../vector/vector';

/**
 * How much a process has been doing of late, to ask for a little more than what waits: what it started and the most it
 * had in use, in spans of time. Only continued use counts: after two spans in a row in which something was done, until
 * one in which nothing was. A single acquisition is no reason to fetch more.
 *
 * A span in which it only waited for what it had asked for is left out: where messages take longer than a span, a process
 * would otherwise never be granted ahead, and start no more in a round trip than it has waiting at once.
 */
export class RecentUsage {
  /** This span, the one before it, and the one before that. */
  #spans: [number[], number[], number[]];
  /** Whether a request waits for units. */
  #isWaiting = false;
  #begun = -Infinity;

  constructor(
    readonly isResource: readonly boolean[],
    public spanMs: number,
  ) {
    this.#spans = [this.#zeros(), this.#zeros(), this.#zeros()];
  }

  /** Units of one limit were started. */
  started(index: number, units: number, moment: number): void {
    this.#roll(moment);
    addAt(this.#spans[0], index, units);
    this.#isWaiting = false;
  }

  /** A request wanted units and there were too few. */
  lacked(): void {
    this.#isWaiting = true;
  }

  /** So many permits of one limit are in use. */
  inUse(index: number, permits: number, moment: number): void {
    this.#roll(moment);
    const [now] = this.#spans;
    now[index] = Math.max(at(now, index), permits);
  }

  /** What would be good to have besides what waits: units for two spans, until the next report is answered; permits for as many as were in use at once. */
  ahead(waiting: Vector, inUse: Vector, moment: number): number[] {
    const recent = this.recent(moment);
    this.#isWaiting = waiting.some((units, i) => units > 0 && this.isResource[i] !== true);
    return recent.map((most, i) => {
      const wanted = this.isResource[i] === true ? most - at(inUse, i) : 2 * most;
      return Math.max(0, wanted - at(waiting, i));
    });
  }

  /** What a span takes at most, by limit; 0 without continued use. */
  recent(moment: number): number[] {
    this.#roll(moment);
    const [now, before, earlier] = this.#spans;
    return now.map((amount, i) => {
      const [last, secondLast] = [at(before, i), at(earlier, i)];
      return last > 0 && secondLast > 0 ? Math.max(amount, last, secondLast) : 0;
    });
  }

  #roll(moment: number): void {
    const passed = (moment - this.#begun) / this.spanMs;
    if (passed < 1) return;
    this.#begun = moment;
    const [now, before] = this.#spans;
    if (this.#isWaiting && isZero(now)) return;
    const isNext = passed < 2 || this.#isWaiting;
    this.#spans = isNext ? [this.#zeros(), now, before] : [this.#zeros(), this.#zeros(), this.#zeros()];
  }

  #zeros(): number[] {
    return zeros(this.isResource.length);
  }
}
