import type { DemandEntry } from '../protocol/codec';
import { MAX_DEMAND } from '../protocol/sync-check';
import { addTo, zeros, type Vector } from '../vector/vector';
import type { Waiting } from '../waiting/wait-queue';

/** One that waits, and since when. */
export interface TimedWaiting extends Waiting {
  /** Moment of its arrival, on the clock of the process. */
  readonly since: number;
}

/** What waits, in short. */
export interface Demand {
  readonly entries: readonly DemandEntry[];
  /** How many acquisitions they cover. */
  readonly waiting: number;
  /** What those want together. */
  readonly totals: Vector;
  /** Whether they cover everything that waits. */
  readonly complete: boolean;
}

/** Writes down what waits, neighbours that want the same as one entry, up to the length that a sync may have. */
export function summariseDemand(
  waiting: Iterable<TimedWaiting>,
  limits: number,
  toLimiterTime: (since: number) => number,
): Demand {
  const entries: (DemandEntry & { count: number })[] = [];
  const totals = zeros(limits);
  let covered = 0;
  for (const { priority, since, amounts } of waiting) {
    const last = entries.at(-1);
    if (last !== undefined && wantsSame(last, priority, amounts)) last.count += 1;
    else if (entries.length === MAX_DEMAND) return { entries, waiting: covered, totals, complete: false };
    else entries.push({ count: 1, priority, since: Math.floor(toLimiterTime(since)), amounts });
    covered += 1;
    addTo(totals, amounts);
  }
  return { entries, waiting: covered, totals, complete: true };
}

function wantsSame(entry: DemandEntry, priority: number, amounts: Vector): boolean {
  return entry.priority === priority && amounts.every((amount, i) => amount === entry.amounts[i]);
}
