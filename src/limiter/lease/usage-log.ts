import type { UsedCheckpoint } from '../protocol/wire';

/** Starts within so many milliseconds are told as one, as of the end of that time. */
const USAGE_GRAIN_MS = 10;
/** Most checkpoints kept; past it neighbours are told as one, as of the later. */
const MAX_CHECKPOINTS = 128;

interface Checkpoint {
  readonly at: number;
  readonly totals: number[];
  /** The sync that told of it first; `Infinity` before. */
  toldIn: number;
  /** The later one that tells of this one's units too, once this is told no more. */
  heir: Checkpoint | undefined;
}

/** What was taken in one turn of the process, which counts as started by one moment. */
export interface Turn {
  /** When the first of it was taken. Unit: milliseconds of the process's clock. */
  readonly since: number;
  /** The checkpoint that tells of it, once it has been started. */
  readonly toldBy: Checkpoint | undefined;
}

/** The same while it goes on. */
interface OpenTurn {
  since: number;
  toldBy: Checkpoint | undefined;
  readonly units: number[];
}

/** By when, on the limiter's clock, what was taken in a turn is told to have been started; `Infinity` before. */
export function startedBy({ toldBy }: Turn): number {
  let checkpoint = toldBy;
  while (checkpoint?.heir !== undefined) checkpoint = checkpoint.heir;
  return checkpoint?.at ?? Infinity;
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
  /** The present turn, and the one before it. */
  #young: OpenTurn;
  #old: OpenTurn;
  /** The checkpoint to which the newest starts belong, while more may. */
  #open: Checkpoint | undefined;

  constructor(readonly limits: number) {
    this.#totals = new Array<number>(limits).fill(0);
    this.#young = this.#newTurn();
    this.#old = this.#newTurn();
  }

  /** The turn to which belongs what is taken now. */
  get turnNow(): Turn {
    return this.#young;
  }

  /** Whether everything has been told at least once. */
  get isTold(): boolean {
    return !this.isStarting && this.#open === undefined && this.#checkpoints.every(({ toldIn }) => toldIn < Infinity);
  }

  /** Whether units have been taken that do not count as started yet. */
  get isStarting(): boolean {
    return isUsed(this.#young) || isUsed(this.#old);
  }

  /** Those units. */
  get starting(): number[] {
    return this.#young.units.map((units, i) => units + (this.#old.units[i] ?? 0));
  }

  /** Units of one limit have been taken. */
  use(index: number, units: number, now: number): void {
    const turn = this.#young;
    if (turn.since === Infinity) turn.since = now;
    turn.units[index] = (turn.units[index] ?? 0) + units;
  }

  /** The process has had a turn. What it took before the last one has been started, at `at` at the latest. */
  turn(at: number): void {
    const old = this.#old;
    if (isUsed(old)) {
      if (this.#open === undefined || at > this.#open.at) this.#openSpan(at);
      old.toldBy = this.#open;
      old.units.forEach((units, i) => (this.#totals[i] = (this.#totals[i] ?? 0) + units));
    }
    this.#old = this.#young;
    this.#young = this.#newTurn();
  }

  /** All that is not yet acknowledged, as told in this sync. */
  seal(seq: number): UsedCheckpoint[] {
    this.#closeSpan();
    for (const checkpoint of this.#checkpoints) checkpoint.toldIn = Math.min(checkpoint.toldIn, seq);
    return this.#checkpoints.map(({ at, totals }) => [at, ...totals]);
  }

  /** The limiter has read this sync. */
  acknowledge(seq: number): void {
    this.#checkpoints = this.#checkpoints.filter(({ toldIn }) => toldIn > seq);
  }

  #newTurn(): OpenTurn {
    return { since: Infinity, toldBy: undefined, units: new Array<number>(this.limits).fill(0) };
  }

  #openSpan(from: number): void {
    this.#closeSpan();
    const end = Math.ceil(from / USAGE_GRAIN_MS) * USAGE_GRAIN_MS;
    this.#open = {
      at: Math.max(end, this.#checkpoints.at(-1)?.at ?? 0),
      totals: [],
      toldIn: Infinity,
      heir: undefined,
    };
  }

  #closeSpan(): void {
    if (this.#open === undefined) return;
    this.#open.totals.push(...this.#totals);
    this.#checkpoints.push(this.#open);
    this.#open = undefined;
    if (this.#checkpoints.length > MAX_CHECKPOINTS) this.#thin();
  }

  /** Every other one is dropped, and its units told as of the next, later one. */
  #thin(): void {
    const all = this.#checkpoints;
    const isKept = (i: number): boolean => (all.length - 1 - i) % 2 === 0;
    all.forEach((checkpoint, i) => {
      if (!isKept(i)) checkpoint.heir = all[i + 1];
    });
    this.#checkpoints = all.filter((_, i) => isKept(i));
  }
}

const isUsed = ({ since }: OpenTurn): boolean => since < Infinity;
