import type { UsageTotals } from '../protocol/codec';
import { addAt, addTo, sum, zeros } from '../vector/vector';

/** Starts within this many milliseconds are reported as one, as of the end of that time. */
const USAGE_GRAIN_MS = 10;
/** Most checkpoints kept; past it neighbours are reported as one, as of the later. */
const MAX_CHECKPOINTS = 128;

interface Checkpoint {
  readonly at: number;
  readonly totals: number[];
  /** The sync that reported it first; `Infinity` before. */
  reportedIn: number;
  /** The later one that covers this one's units too, once this is no longer reported. */
  heir: Checkpoint | undefined;
}

/** What was taken in one turn of the process, which counts as started by one moment. */
export interface Turn {
  /** When the first of it was taken. Unit: milliseconds of the process's clock. */
  readonly since: number;
  /** The checkpoint that covers it, once it has been started. */
  readonly reportedBy: Checkpoint | undefined;
}

/** The same while it continues. */
interface OpenTurn {
  since: number;
  reportedBy: Checkpoint | undefined;
  readonly units: number[];
}

/** By when, on the limiter's clock, what was taken in a turn is reported to have been started; `Infinity` before. */
export function startedBy({ reportedBy }: Turn): number {
  let checkpoint = reportedBy;
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
    this.#totals = zeros(limits);
    this.#young = this.#newTurn();
    this.#old = this.#newTurn();
  }

  /** The turn to which belongs what is taken now. */
  get turnNow(): Turn {
    return this.#young;
  }

  /** Whether everything has been reported at least once. */
  get isReported(): boolean {
    return (
      !this.isStarting && this.#open === undefined && this.#checkpoints.every(({ reportedIn }) => reportedIn < Infinity)
    );
  }

  /** Whether units have been taken that do not count as started yet. */
  get isStarting(): boolean {
    return isUsed(this.#young) || isUsed(this.#old);
  }

  /** Those units. */
  get starting(): number[] {
    return sum(this.#young.units, this.#old.units);
  }

  /** Units of one limit have been taken. */
  use(index: number, units: number, now: number): void {
    const turn = this.#young;
    if (turn.since === Infinity) turn.since = now;
    addAt(turn.units, index, units);
  }

  /** The process has had a turn. What it took before the last one has been started, at `at` at the latest. */
  turn(at: number): void {
    const old = this.#old;
    if (isUsed(old)) {
      if (this.#open === undefined || at > this.#open.at) this.#openSpan(at);
      old.reportedBy = this.#open;
      addTo(this.#totals, old.units);
    }
    this.#old = this.#young;
    this.#young = this.#newTurn();
  }

  /** All that is not yet acknowledged, as reported in this sync. */
  seal(seq: number): readonly UsageTotals[] {
    this.#closeSpan();
    for (const checkpoint of this.#checkpoints) checkpoint.reportedIn = Math.min(checkpoint.reportedIn, seq);
    return this.#checkpoints.map(({ at, totals }) => ({ at, totals }));
  }

  /** The limiter has read this sync. */
  acknowledge(seq: number): void {
    this.#checkpoints = this.#checkpoints.filter(({ reportedIn }) => reportedIn > seq);
  }

  #newTurn(): OpenTurn {
    return { since: Infinity, reportedBy: undefined, units: zeros(this.limits) };
  }

  #openSpan(from: number): void {
    this.#closeSpan();
    const end = Math.ceil(from / USAGE_GRAIN_MS) * USAGE_GRAIN_MS;
    this.#open = {
      at: Math.max(end, this.#checkpoints.at(-1)?.at ?? -Infinity),
      totals: [],
      reportedIn: Infinity,
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

  /** Every other one is dropped, and its units reported as of the next, later one. */
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
