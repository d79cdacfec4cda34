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

/**
 * How much had been started by when: totals that only grow, kept until the limiter is known to have read them.
 *
 * A busy process may take a while from being let through to writing to its provider. What it takes therefore counts as
 * started only after it has had one turn and more to do so: see {@link UsageLog.turn}.
 */
export class UsageLog {
  #checkpoints: Checkpoint[] = [];
  readonly #totals: number[];
  /** Units taken since the last turn, and in the turn before it. */
  #young: number[];
  #old: number[];
  /** End of the time to which the newest starts belong; they are not a checkpoint yet. */
  #openUntil = -Infinity;

  constructor(limits: number) {
    this.#totals = new Array<number>(limits).fill(0);
    this.#young = [...this.#totals];
    this.#old = [...this.#totals];
  }

  /** Whether everything has been told at least once. */
  get isTold(): boolean {
    return (
      !this.isStarting && this.#openUntil === -Infinity && this.#checkpoints.every(({ toldIn }) => toldIn < Infinity)
    );
  }

  /** Whether units have been taken that do not count as started yet. */
  get isStarting(): boolean {
    return this.#young.some(isSome) || this.#old.some(isSome);
  }

  /** Those units. */
  get starting(): number[] {
    return this.#young.map((units, i) => units + (this.#old[i] ?? 0));
  }

  /** Units of one limit have been taken. */
  use(index: number, units: number): void {
    this.#young[index] = (this.#young[index] ?? 0) + units;
  }

  /** The process has had a turn. What it took before the last one has been started, at `at` at the latest. */
  turn(at: number): void {
    if (this.#old.some(isSome)) {
      if (at > this.#openUntil) {
        this.#closeSpan();
        this.#openUntil = Math.max(Math.ceil(at / USAGE_GRAIN_MS) * USAGE_GRAIN_MS, this.#checkpoints.at(-1)?.at ?? 0);
      }
      this.#old.forEach((units, i) => (this.#totals[i] = (this.#totals[i] ?? 0) + units));
    }
    [this.#old, this.#young] = [this.#young, this.#old.fill(0)];
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

const isSome = (units: number): boolean => units > 0;
