import type { ClockEstimate } from './clock-estimate';
import { startedBy, type Turn } from './usage-log';
import type { Sync } from './wire';

/** Starts within so many milliseconds are told as one. */
const START_GRAIN_MS = 50;
/** Most checkpoints kept; past it neighbours are told as one: less comes back then, never more. */
const MAX_CHECKPOINTS = 32;

/** Between which moments units were started, on the limiter's clock, and how many of them were not needed. */
interface Unneeded {
  readonly from: number;
  readonly to: number;
  readonly units: readonly number[];
}

interface Checkpoint {
  readonly from: number;
  readonly to: number;
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
      refundEnds: this.#checkpoints.map(({ to }) => to),
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
      const to = startedBy(turn);
      if (to > until) continue;
      this.#maturing.delete(turn);
      mature.push({ from: clock.earliest(turn.since), to, units });
    }
    return mature.sort((a, b) => a.from - b.from);
  }

  #addCheckpoints(mature: readonly Unneeded[], seq: number): void {
    let from = mature[0]?.from ?? 0;
    let to = -Infinity;
    const close = (): void => void this.#checkpoints.push({ from, to, totals: [...this.#totals], toldIn: seq });
    for (const unneeded of mature) {
      if (unneeded.from > from + START_GRAIN_MS) {
        close();
        from = unneeded.from;
        to = -Infinity;
      }
      to = Math.max(to, unneeded.to);
      unneeded.units.forEach((units, i) => (this.#totals[i] = (this.#totals[i] ?? 0) + units));
    }
    close();
    while (this.#checkpoints.length > MAX_CHECKPOINTS) this.#checkpoints = joined(this.#checkpoints);
  }
}

/** Every two neighbours as one. */
function joined(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  return checkpoints.flatMap((later, i) => {
    const earlier = checkpoints[i - 1];
    if (i % 2 === 0) return i === checkpoints.length - 1 ? [later] : [];
    const from = Math.min(later.from, earlier?.from ?? Infinity);
    return [{ ...later, from, to: Math.max(later.to, earlier?.to ?? -Infinity) }];
  });
}
