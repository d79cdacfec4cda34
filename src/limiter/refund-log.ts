interface Maturing {
  readonly at: number;
  readonly index: number;
  readonly units: number;
}

/**
 * Units that were started and turned out not to be needed: totals that only grow. They are told once the start they
 * belong to counts with the limiter for certain: given back before that they would be lost, because a bucket takes no
 * more back than it lacks, or taken off another start that recovers later, which is too early.
 */
export class RefundLog {
  readonly #totals: number[];
  #maturing: Maturing[] = [];

  constructor(limits: number) {
    this.#totals = new Array<number>(limits).fill(0);
  }

  /** Whether there is something that could not be told yet. */
  get isMaturing(): boolean {
    return this.#maturing.length > 0;
  }

  /** Units of one limit are not needed, of a start that counts from this moment on. */
  add(index: number, units: number, at: number): void {
    this.#maturing.push({ at, index, units });
  }

  /** What can be told at a moment. */
  seal(now: number): number[] {
    for (const { at, index, units } of this.#maturing) {
      if (at <= now) this.#totals[index] = (this.#totals[index] ?? 0) + units;
    }
    this.#maturing = this.#maturing.filter(({ at }) => at > now);
    return [...this.#totals];
  }
}
