import type { ClockEstimate } from './clock-sync';
import { startedBy, type Turn } from './usage-log';
import type { RefundTotals } from '../protocol/codec';
import { addAt, addTo, zeros, type Vector } from '../vector/vector';

/** Starts within this many milliseconds are reported as one. */
const START_GRAIN_MS = 50;
/** Most checkpoints kept; past it neighbours are reported as one: less comes back then, never more. */
const MAX_CHECKPOINTS = 32;

/** From when on units were started, on the limiter's clock, and how many of them were not needed. */
interface Unneeded {
  readonly from: number;
  readonly turn: Turn;
  readonly units: Vector;
}

/** After how long starts count. Unit: milliseconds. */
interface Guards {
  readonly guardMs: number;
  /** By how much earlier what has been answered counts, at most. */
  readonly earlierMs: number;
}

interface Checkpoint {
  readonly from: number;
  /** The turn that was started last. */
  readonly last: Turn;
  readonly totals: Vector;
  /** The sync that reported it first. */
  readonly reportedIn: number;
}

/**
 * Units that were started and turned out not to be needed: totals that only grow, and when the starts were, until the
 * limiter is known to have read that. They are reported once the start they belong to counts with the limiter for certain:
 * before that there may be nothing yet that they could be taken off.
 */
export class RefundLog {
  readonly #totals: number[];
  readonly #maturing = new Map<Turn, number[]>();
  #checkpoints: Checkpoint[] = [];

  constructor(readonly limits: number) {
    this.#totals = zeros(limits);
  }

  /** Whether there is something that could not be reported yet. */
  get isMaturing(): boolean {
    return this.#maturing.size > 0;
  }

  /** Units of one limit are not needed that were taken in this turn. */
  add(turn: Turn, index: number, units: number): void {
    let unneeded = this.#maturing.get(turn);
    if (unneeded === undefined) this.#maturing.set(turn, (unneeded = zeros(this.limits)));
    addAt(unneeded, index, units);
  }

  /** What can be reported at a moment, in this sync: of starts that count by then. */
  seal(
    clock: ClockEstimate,
    now: number,
    { guardMs, earlierMs }: Guards,
    seq: number,
  ): { readonly refunded: Vector; readonly refunds: readonly RefundTotals[] } {
    const mature = this.#takeMature(clock, clock.earliest(now) - guardMs, earlierMs);
    if (mature.length > 0) this.#addCheckpoints(mature, seq);
    return {
      refunded: [...this.#totals],
      refunds: this.#checkpoints.map(({ from, last, totals }) => ({
        startedAt: from,
        startedBy: startedBy(last),
        totals,
      })),
    };
  }

  /** The limiter has read this sync. */
  acknowledge(seq: number): void {
    this.#checkpoints = this.#checkpoints.filter(({ reportedIn }) => reportedIn > seq);
  }

  /** Takes what had been started by a moment. */
  #takeMature(clock: ClockEstimate, until: number, earlierMs: number): Unneeded[] {
    const mature: Unneeded[] = [];
    for (const [turn, units] of this.#maturing) {
      if (startedBy(turn) > until) continue;
      this.#maturing.delete(turn);
      const earlier = Math.max(0, Math.min(startedBy(turn) + earlierMs - turn.answeredAt, earlierMs));
      mature.push({ from: clock.earliest(turn.since) - earlier, turn, units });
    }
    return mature.sort((a, b) => a.from - b.from);
  }

  #addCheckpoints(mature: readonly Unneeded[], seq: number): void {
    let open: Omit<Checkpoint, 'totals' | 'reportedIn'> | undefined;
    const close = (): void => {
      if (open !== undefined) this.#checkpoints.push({ ...open, totals: [...this.#totals], reportedIn: seq });
    };
    for (const { from, turn, units } of mature) {
      const isNear = open !== undefined && from <= open.from + START_GRAIN_MS;
      if (!isNear) close();
      open = open !== undefined && isNear ? { from: open.from, last: later(open.last, turn) } : { from, last: turn };
      addTo(this.#totals, units);
    }
    close();
    while (this.#checkpoints.length > MAX_CHECKPOINTS) this.#checkpoints = joined(this.#checkpoints);
  }
}

/** Every two neighbours as one. */
function joined(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  return checkpoints.flatMap((second, i) => {
    const first = checkpoints[i - 1];
    if (i % 2 === 0 || first === undefined) return i === checkpoints.length - 1 ? [second] : [];
    return [{ ...second, from: Math.min(first.from, second.from), last: later(first.last, second.last) }];
  });
}

const later = (one: Turn, other: Turn): Turn => (startedBy(other) > startedBy(one) ? other : one);
