/**
 * How much a process has been doing of late, to ask for a little more than what waits: what it started and the most it
 * had in use, in spans of time. Only what goes on counts: after two spans in a row in which something was done, until
 * one in which nothing was. A single acquisition is no reason to fetch more.
 *
 * A span in which it only waited for what it had asked for is left out: where messages take longer than a span, a process
 * would otherwise never be granted ahead, and start no more in a round trip than it has waiting at once.
 */
export class RecentUsage {
  /** This span, the one before it, and the one before that. */
  #spans: [number[], number[], number[]];
  /** Whether somebody waits for units. */
  #isWaiting = false;
  #begun = -Infinity;

  constructor(
    readonly isResource: readonly boolean[],
    readonly spanMs: number,
  ) {
    this.#spans = [this.#zeros(), this.#zeros(), this.#zeros()];
  }

  /** Units of one limit were started. */
  started(index: number, units: number, at: number): void {
    this.#roll(at);
    const [now] = this.#spans;
    now[index] = (now[index] ?? 0) + units;
    this.#isWaiting = false;
  }

  /** Somebody wanted units and there were too few. */
  lacked(): void {
    this.#isWaiting = true;
  }

  /** So many permits of one limit are in use. */
  inUse(index: number, permits: number, at: number): void {
    this.#roll(at);
    const [now] = this.#spans;
    now[index] = Math.max(now[index] ?? 0, permits);
  }

  /** What would be good to have besides what waits: units for two spans, until the next report is answered; permits for as many as were in use at once. */
  ahead(waiting: readonly number[], inUse: readonly number[], at: number): number[] {
    const recent = this.recent(at);
    this.#isWaiting = waiting.some((units, i) => units > 0 && this.isResource[i] !== true);
    return recent.map((most, i) => {
      const wanted = this.isResource[i] === true ? most - (inUse[i] ?? 0) : 2 * most;
      return Math.max(0, wanted - (waiting[i] ?? 0));
    });
  }

  /** What a span takes at most, by limit; 0 where nothing goes on. */
  recent(at: number): number[] {
    this.#roll(at);
    const [now, before, earlier] = this.#spans;
    return now.map((amount, i) => {
      const [last = 0, secondLast = 0] = [before[i], earlier[i]];
      return last > 0 && secondLast > 0 ? Math.max(amount, last, secondLast) : 0;
    });
  }

  #roll(at: number): void {
    const passed = (at - this.#begun) / this.spanMs;
    if (passed < 1) return;
    this.#begun = at;
    const [now, before] = this.#spans;
    if (this.#isWaiting && now.every((amount) => amount === 0)) return;
    const isNext = passed < 2 || this.#isWaiting;
    this.#spans = isNext ? [this.#zeros(), now, before] : [this.#zeros(), this.#zeros(), this.#zeros()];
  }

  #zeros(): number[] {
    return this.isResource.map(() => 0);
  }
}
