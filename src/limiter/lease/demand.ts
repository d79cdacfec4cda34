import type { DemandEntry } from '../protocol/codec';
import { MAX_DEMAND } from '../protocol/sync-check';
import { addTo, zeros, type Vector } from '../vector/vector';
import type { Waiting } from '../waiting/wait-queue';

/** One that waits, and since when. */
interface TimedWaiting extends Waiting {
  /** Moment of its arrival, on the clock of the process. */
  readonly since: number;
}

/** Those that wait for the same limits, in the order in which they will be served. */
export interface TimedQueue {
  readonly waiting: Iterable<TimedWaiting>;
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

/**
 * Writes down what waits, neighbours of a queue that want the same as one entry, up to the length that a sync may have.
 * The queues share it: the limiter must know the first of each, however long another one is.
 */
export function summariseDemand(
  queues: Iterable<TimedQueue>,
  limits: number,
  toLimiterTime: (since: number) => number,
): Demand {
  const summaries = [...queues].map(({ waiting }) => new QueueSummary(waiting, toLimiterTime));
  let left = MAX_DEMAND;
  for (let open = summaries; open.length > 0 && left > 0; open = open.filter(({ isComplete }) => !isComplete)) {
    const share = Math.max(1, Math.floor(left / open.length));
    for (const summary of open) left -= summary.extend(Math.min(share, left));
  }
  const totals = zeros(limits);
  let covered = 0;
  const entries = summaries.flatMap((summary) => summary.entries);
  for (const { count, amounts } of entries) {
    covered += count;
    addTo(totals, amounts, count);
  }
  entries.sort((a, b) => b.priority - a.priority || a.since - b.since);
  return { entries, waiting: covered, totals, complete: summaries.every(({ isComplete }) => isComplete) };
}

/** The entries of one queue, from its first on. */
class QueueSummary {
  readonly entries: (DemandEntry & { count: number })[] = [];
  readonly #rest: Iterator<TimedWaiting>;
  #next: TimedWaiting | undefined;

  constructor(
    waiting: Iterable<TimedWaiting>,
    readonly toLimiterTime: (since: number) => number,
  ) {
    this.#rest = waiting[Symbol.iterator]();
    this.#advance();
  }

  /** Whether the entries cover the whole queue. */
  get isComplete(): boolean {
    return this.#next === undefined;
  }

  /** Extends it by at most so many entries; returns how many. */
  extend(most: number): number {
    let added = 0;
    for (let next = this.#next; next !== undefined; next = this.#next) {
      const { priority, since, amounts } = next;
      const last = this.entries.at(-1);
      if (last !== undefined && wantsSame(last, priority, amounts)) last.count += 1;
      else if (added === most) break;
      else {
        this.entries.push({ count: 1, priority, since: Math.floor(this.toLimiterTime(since)), amounts });
        added += 1;
      }
      this.#advance();
    }
    return added;
  }

  #advance(): void {
    const next = this.#rest.next();
    this.#next = next.done === true ? undefined : next.value;
  }
}

function wantsSame(entry: DemandEntry, priority: number, amounts: Vector): boolean {
  return entry.priority === priority && amounts.every((amount, i) => amount === entry.amounts[i]);
}
