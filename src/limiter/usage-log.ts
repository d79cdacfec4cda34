import type { UsedCheckpoint } from './wire';

/** Starts within so many milliseconds are told as one, as of the end of that time. */
export const USAGE_GRAIN_MS = 10;
/** Most checkpoints kept; past it neighbours are told as one, as of the later. */
const MAX_CHECKPOINTS = 128;

interface Checkpoint {
  readonly at: number;
  readonly totals: readonly number[];
  /** The sync that told of it first. */
  readonly toldIn: number;
}

/** How much had been started by when: totals that only grow, kept until the limiter is known to have read them. */
export class UsageLog {
  #checkpoints: Checkpoint[] = [];
  readonly #totals: number[];
  /** End of the time to which the newest starts belong; they are not a checkpoint yet. */
  #openUntil = -Infinity;

  constructor(limits: number) {
    this.#totals = new Array<number>(limits).fill(0);
  }

  /** Whether everything has been told at least once. */
  get isTold(): boolean {
    return this.#openUntil === -Infinity && this.#checkpoints.every(({ toldIn }) => toldIn < Infinity);
  }

  /** Units of one limit have been started, at `at` at the latest. */
  use(index: number, units: number, at: number): void {
    if (at > this.#openUntil) {
      this.#closeSpan();
      this.#openUntil = Math.max(Math.ceil(at / USAGE_GRAIN_MS) * USAGE_GRAIN_MS, this.#checkpoints.at(-1)?.at ?? 0);
    }
    this.#totals[index] = (this.#totals[index] ?? 0) + units;
  }

  /** All that is not yet acknowledged, as told in this sync. */
  seal(seq: number): UsedCheckpoint[] {
    this.#closeSpan();
    this.#checkpoints = this.#checkpoints.map((checkpoint) =>
      checkpoint.toldIn === Infinity ? { ...checkpoint, toldIn: seq } : checkpoint,
    );
    return this.#checkpoints.map(({ at, totals }) => [at, ...totals]);
  }

  /** The limiter has read this sync. */
  acknowledge(seq: number): void {
    this.#checkpoints = this.#checkpoints.filter(({ toldIn }) => toldIn > seq);
  }

  #closeSpan(): void {
    if (this.#openUntil === -Infinity) return;
    this.#checkpoints.push({ at: this.#openUntil, totals: [...this.#totals], toldIn: Infinity });
    this.#openUntil = -Infinity;
    if (this.#checkpoints.length <= MAX_CHECKPOINTS) return;
    // dropping every other one tells its units as of the next, later one
    this.#checkpoints = this.#checkpoints.filter((_, i) => (this.#checkpoints.length - 1 - i) % 2 === 0);
  }
}
