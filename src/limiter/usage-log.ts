import type { UsedCheckpoint } from './wire';

/** Starts within so many milliseconds are told as one, as of the end of that time. */
const GRAIN_MS = 10;
/** Most checkpoints kept; past it neighbours are told as one, as of the later. */
const MAX_CHECKPOINTS = 128;

interface Checkpoint {
  at: number;
  totals: number[];
  /** The sync that told of it first; 0 if none has yet. */
  toldIn: number;
}

/** How much had been started by when: totals that only grow, kept until the limiter is known to have read them. */
export class UsageLog {
  #checkpoints: Checkpoint[] = [];
  #totals: number[];

  constructor(limits: number) {
    this.#totals = new Array<number>(limits).fill(0);
  }

  get empty(): boolean {
    return this.#checkpoints.length === 0;
  }

  /** Units have been started, at `at` at the latest. */
  use(at: number, amounts: readonly number[]): void {
    if (amounts.every((amount) => amount === 0)) return;
    this.#totals = this.#totals.map((total, i) => total + (amounts[i] ?? 0));
    const grain = Math.ceil(at / GRAIN_MS) * GRAIN_MS;
    const last = this.#checkpoints.at(-1);
    if (last?.toldIn === 0 && last.at >= grain) last.totals = this.#totals;
    else this.#checkpoints.push({ at: Math.max(grain, last?.at ?? 0), totals: this.#totals, toldIn: 0 });
    if (this.#checkpoints.length > MAX_CHECKPOINTS) {
      // dropping every other one tells its units as of the next, later one
      this.#checkpoints = this.#checkpoints.filter((_, i) => i % 2 === 1 || i === this.#checkpoints.length - 1);
    }
  }

  /** All that is not yet acknowledged, as told in this sync. */
  seal(seq: number): UsedCheckpoint[] {
    return this.#checkpoints.map((checkpoint) => {
      if (checkpoint.toldIn === 0) checkpoint.toldIn = seq;
      return [checkpoint.at, ...checkpoint.totals];
    });
  }

  /** The limiter has read this sync. */
  acknowledge(seq: number): void {
    this.#checkpoints = this.#checkpoints.filter(({ toldIn }) => toldIn === 0 || toldIn > seq);
  }
}
