/**
 * How much a process has been doing of late, to ask for a little more than what waits: what it started and the most it
 * had in use, in two spans of time, this one and the one before. After two spans of quiet it is nothing.
 */
export class Pace {
  #now: number[];
  #before: number[];
  #begun = -Infinity;

  constructor(
    readonly limits: number,
    readonly spanMs: number,
  ) {
    this.#now = this.#zeros();
    this.#before = this.#zeros();
  }

  /** Units of one limit were started. */
  started(index: number, units: number, at: number): void {
    this.#roll(at);
    this.#now[index] = (this.#now[index] ?? 0) + units;
  }

  /** So many permits of one limit are in use. */
  inUse(index: number, permits: number, at: number): void {
    this.#roll(at);
    this.#now[index] = Math.max(this.#now[index] ?? 0, permits);
  }

  /** The more of the two spans, by limit. */
  recent(at: number): number[] {
    this.#roll(at);
    return this.#now.map((amount, i) => Math.max(amount, this.#before[i] ?? 0));
  }

  #roll(at: number): void {
    const spans = (at - this.#begun) / this.spanMs;
    if (spans < 1) return;
    this.#before = spans < 2 ? this.#now : this.#zeros();
    this.#now = this.#zeros();
    this.#begun = at;
  }

  #zeros(): number[] {
    return new Array<number>(this.limits).fill(0);
  }
}
