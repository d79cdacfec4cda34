import type { ClockEstimate } from './clock-sync';
import { startedBy, type Turn } from './usage-log';
import type { Sync } from '../protocol/wire';

/** Starts within so many milliseconds are told as one. */
const START_GRAIN_MS = 50;
/** Most checkpoints kept; past it neighbours are told as one: less comes back then, never more. */
const MAX_CHECKPOINTS = 32;

/** From when on units were started, on the limiter's clock, and how many of them were not needed. */
interface Unneeded {
  readonly from: number;
  readonly turn: Turn;
  readonly units: readonly number[];
}

interface Checkpoint {
  readonly from: number;
  /** The turn that was told last. */
  readonly last: Turn;
  readonly totals: readonly number[];
  /** The sync that told of it first. */
  readonly toldIn: number;
}

/**
 * Units that were started and turned out not to be needed: totals that only grow, and when the starts were, until the
 * limiter is known to have read that. They are told once the start they belong to counts with the limiter for certain:
 * before that there may be nothing yet that they could be taken off.
 */
export class RefundLog {
  readonly #totals: number[];
  readonly #maturing = new Map<Turn, number[]>();
  #checkpoints: Checkpoint[] = [];

  constructor(readonly limits: number) {
    this.#totals = new Array<number>(limits).fill(0);
  }

  /** Whether there is something that could not be told yet. */
  get isMaturing(): boolean {
    return this.#maturing.size > 0;
  }

  /** Units of one limit are not needed that were taken in this turn. */
  add(turn: Turn, index: number, units: number): void {
    let unneeded = this.#maturing.get(turn);
    if (unneeded === undefined) this.#maturing.set(turn, (unneeded = new Array<number>(this.limits).fill(0)));
    unneeded[index] = (unneeded[index] ?? 0) + units;
  }

  /** What can be told at a moment, in this sync: of starts that count after `guardMs`. */
  seal(
    clock: ClockEstimate,
    now: number,
    guardMs: number,
    seq: number,
  ): Pick<Sync, 'refunded' | 'refunds' | 'refundEnds'> {
    const mature = this.#takeMature(clock, clock.earliest(now) - guardMs);
    if (mature.length > 0) this.#addCheckpoints(mature, seq);
    return {
      refunded: [...this.#totals],
      refunds: this.#checkpoints.map(({ from, totals }) => [from, ...totals]),
      refundEnds: this.#checkpoints.map(({ last }) => startedBy(last)),
    };
  }

  /** The limiter has read this sync. */
  acknowledge(seq: number): void {
    this.#checkpoints = this.#checkpoints.filter(({ toldIn }) => toldIn > seq);
  }

  /** Takes what had been started by a moment. */
  #takeMature(clock: ClockEstimate, until: number): Unneeded[] {
    const mature: Unneeded[] = [];
    for (const [turn, units] of this.#maturing) {
      if (startedBy(turn) > until) continue;
      this.#maturing.delete(turn);
      mature.push({ from: clock.earliest(turn.since), turn, units });
    }
    return mature.sort((a, b) => a.from - b.from);
  }

  #addCheckpoints(mature: readonly Unneeded[], seq: number): void {
    let open: Omit<Checkpoint, 'totals' | 'toldIn'> | undefined;
    const close = (): void => {
      if (open !== undefined) this.#checkpoints.push({ ...open, totals: [...this.#totals], toldIn: seq });
    };
    for (const { from, turn, units } of mature) {
      const isNear = open !== undefined && from <= open.from + START_GRAIN_MS;
      if (!isNear) close();
      open = open !== undefined && isNear ? { from: open.from, last: later(open.last, turn) } : { from, last: turn };
      units.forEach((more, i) => (this.#totals[i] = (this.#totals[i] ?? 0) + more));
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
