import type { UsageTotals } from '../protocol/codec';
import { Turns } from '../ledger/turns';
import { addAt, addTo, zeros, type Vector } from '../vector/vector';

/** Starts within this many milliseconds are reported as one, as of the end of that time. */
const USAGE_GRAIN_MS = 10;
/** Most checkpoints kept; past it neighbours are reported as one, as of the later. */
const MAX_CHECKPOINTS = 128;

interface Checkpoint {
  readonly at: number;
  readonly totals: number[];
  /** What it covers. */
  readonly turns: Turn[];
  /** The sync that reported it first; `Infinity` before. */
  reportedIn: number;
  /** The later one that covers this one's units too, once this is no longer reported. */
  heir: Checkpoint | undefined;
}

/** What was taken in one turn of the process, which counts as started by one moment. */
export class Turn {
  readonly #units: number[];
  #since = Infinity;
  #unanswered = 0;
  #answeredAt = -Infinity;
  /** The checkpoint that covers it, once it has been started. */
  reportedBy: Checkpoint | undefined;

  constructor(limits: number) {
    this.#units = zeros(limits);
  }

  /** When the first of it was taken; `Infinity` before. Unit: milliseconds of the process's clock. */
  get since(): number {
    return this.#since;
  }

  get isUsed(): boolean {
    return this.#since < Infinity;
  }

  get units(): Vector {
    return this.#units;
  }

  /** When the last of its calls had been answered, on the limiter's clock; `Infinity` before. */
  get answeredAt(): number {
    return this.#unanswered > 0 ? Infinity : this.#answeredAt;
  }

  /** A call was let through. */
  begin(now: number): void {
    if (!this.isUsed) this.#since = now;
    this.#unanswered += 1;
  }

  /** Units of one limit were taken for it. */
  take(index: number, units: number): void {
    addAt(this.#units, index, units);
  }

  /** One of its calls has been answered by a moment of the limiter's clock, and so has arrived. */
  answered(at: number): void {
    this.#unanswered -= 1;
    this.#answeredAt = Math.max(this.#answeredAt, at);
  }
}

/** By when, on the limiter's clock, what was taken in a turn is reported to have been started; `Infinity` before. */
export function startedBy({ reportedBy }: Turn): number {
  let checkpoint = reportedBy;
  while (checkpoint?.heir !== undefined) checkpoint = checkpoint.heir;
  return checkpoint?.at ?? Infinity;
}

/** How much had been started by when: totals that only grow, kept until the limiter is known to have read them. */
export class UsageLog {
  #checkpoints: Checkpoint[] = [];
  readonly #totals: number[];
  readonly #turns: Turns<Turn>;
  /** The checkpoint to which the newest starts belong, while more may. */
  #open: Checkpoint | undefined;

  constructor(readonly limits: number) {
    this.#totals = zeros(limits);
    this.#turns = new Turns(() => new Turn(limits));
  }

  /** The turn to which belongs what is taken now. */
  get turnNow(): Turn {
    return this.#turns.present;
  }

  /** Whether everything has been reported at least once. */
  get isReported(): boolean {
    return (
      !this.isStarting && this.#open === undefined && this.#checkpoints.every(({ reportedIn }) => reportedIn < Infinity)
    );
  }

  /** Whether units have been taken that do not count as started yet. */
  get isStarting(): boolean {
    return this.#turns.isPending;
  }

  /** Those units. */
  get starting(): number[] {
    const units = zeros(this.limits);
    for (const turn of this.#turns.pending) addTo(units, turn.units);
    return units;
  }

  /** The process has had a turn. What it took before the last one has been started, at `at` at the latest. */
  turn(at: number): void {
    const sent = this.#turns.pass();
    if (sent === undefined) return;
    const open = this.#open !== undefined && at <= this.#open.at ? this.#open : this.#openSpan(at);
    open.turns.push(sent);
    sent.reportedBy = open;
    addTo(this.#totals, sent.units);
  }

  /** All that is not yet acknowledged, as reported in this sync. */
  seal(seq: number): readonly UsageTotals[] {
    this.#closeSpan();
    for (const checkpoint of this.#checkpoints) checkpoint.reportedIn = Math.min(checkpoint.reportedIn, seq);
    return this.#checkpoints.map(({ at, totals, turns }) => ({ at, totals, answeredAt: answeredAt(turns) }));
  }

  /** The limiter has read this sync. */
  acknowledge(seq: number): void {
    this.#checkpoints = this.#checkpoints.filter(({ reportedIn }) => reportedIn > seq);
  }

  #openSpan(from: number): Checkpoint {
    this.#closeSpan();
    const end = Math.ceil(from / USAGE_GRAIN_MS) * USAGE_GRAIN_MS;
    this.#open = {
      at: Math.max(end, this.#checkpoints.at(-1)?.at ?? -Infinity),
      totals: [],
      turns: [],
      reportedIn: Infinity,
      heir: undefined,
    };
    return this.#open;
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
      if (isKept(i)) return;
      checkpoint.heir = all[i + 1];
      for (const turn of checkpoint.turns) checkpoint.heir?.turns.push(turn);
    });
    this.#checkpoints = all.filter((_, i) => isKept(i));
  }
}

/** When all of these had been answered. */
function answeredAt(turns: readonly Turn[]): number {
  return turns.reduce((latest, turn) => Math.max(latest, turn.answeredAt), -Infinity);
}
