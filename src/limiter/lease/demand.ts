import { MAX_DEMAND_RUNS } from '../protocol/sync-check';
import type { Waiting } from '../waiting/wait-queue';
import type { DemandEntry } from '../protocol/wire';

/** One that waits, and since when. */
export interface TimedWaiting extends Waiting {
  /** Moment of its arrival, on the clock of the process. */
  readonly since: number;
}

/** What waits, in short. */
export interface Demand {
  readonly runs: DemandEntry[];
  /** How many acquisitions they tell of. */
  readonly waiting: number;
  /** Sum of the amounts that the runs tell. */
  readonly totals: readonly number[];
  /** Whether the runs tell of everything that waits. */
  readonly complete: boolean;
}

/** Writes down what waits, neighbours that want the same as one run, up to the length that a sync may have. */
export function summariseDemand(
  waiting: Iterable<TimedWaiting>,
  limits: number,
  toLimiterTime: (since: number) => number,
): Demand {
  const runs: [number, number, number, ...number[]][] = [];
  const totals = new Array<number>(limits).fill(0);
  let last: TimedWaiting | undefined;
  let told = 0;
  for (const entry of waiting) {
    const run = runs.at(-1);
    if (run !== undefined && last !== undefined && sameWish(last, entry)) run[0] += 1;
    else {
      if (runs.length === MAX_DEMAND_RUNS) return { runs, waiting: told, totals, complete: false };
      runs.push([1, entry.priority, Math.floor(toLimiterTime(entry.since)), ...entry.amounts]);
    }
    last = entry;
    told += 1;
    entry.amounts.forEach((amount, i) => (totals[i] = (totals[i] ?? 0) + amount));
  }
  return { runs, waiting: told, totals, complete: true };
}

function sameWish(a: TimedWaiting, b: TimedWaiting): boolean {
  return a.priority === b.priority && a.amounts.every((amount, i) => amount === b.amounts[i]);
}
