import type { RefundCheckpoint } from './wire';

/** Starts within so many milliseconds are told as one, as of the beginning of that time. */
const START_GRAIN_MS = 50;
/** Most checkpoints kept; past it neighbours are told as one, as of the earlier start: less comes back then, never more. */
const MAX_CHECKPOINTS = 32;

interface Unneeded {
  readonly startedAt: number;
  readonly index: number;
  readonly units: number;
}

interface Maturing extends Unneeded {
  readonly tellableAt: number;
}

interface Checkpoint {
  readonly startedAt: number;
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
  #maturing: Maturing[] = [];
  #checkpoints: Checkpoint[] = [];

  constructor(limits: number) {
    this.#totals = new Array<number>(limits).fill(0);
  }

  /** Whether there is something that could not be told yet. */
  get isMaturing(): boolean {
    return this.#maturing.length > 0;
  }

  /** Units of one limit are not needed, of a start at that moment or a little later. */
  add(unneeded: Unneeded, tellableAt: number): void {
    this.#maturing.push({ ...unneeded, tellableAt });
  }

  /** What can be told at a moment, in this sync. */
  seal(now: number, seq: number): { readonly refunded: number[]; readonly refunds: RefundCheckpoint[] } {
    const mature = this.#maturing.filter(({ tellableAt }) => tellableAt <= now);
    if (mature.length > 0) {
      this.#maturing = this.#maturing.filter(({ tellableAt }) => tellableAt > now);
      this.#addCheckpoints(mature, seq);
    }
    return {
      refunded: [...this.#totals],
      refunds: this.#checkpoints.map(({ startedAt, totals }) => [startedAt, ...totals]),
    };
  }

  /** The limiter has read this sync. */
  acknowledge(seq: number): void {
    this.#checkpoints = this.#checkpoints.filter(({ toldIn }) => toldIn > seq);
  }

  #addCheckpoints(mature: Unneeded[], seq: number): void {
    mature.sort((a, b) => a.startedAt - b.startedAt);
    let startedAt = mature[0]?.startedAt ?? 0;
    const close = (): void => void this.#checkpoints.push({ startedAt, totals: [...this.#totals], toldIn: seq });
    for (const { startedAt: at, index, units } of mature) {
      if (at > startedAt + START_GRAIN_MS) {
        close();
        startedAt = at;
      }
      this.#totals[index] = (this.#totals[index] ?? 0) + units;
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
    return [{ ...later, startedAt: Math.min(later.startedAt, earlier?.startedAt ?? Infinity) }];
  });
}
