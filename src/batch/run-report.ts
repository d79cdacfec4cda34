import { CALL_COUNT, type LimitJSON } from '../limiter/limits';
import { type LimiterStats } from '../workflows/protocol';
import { type IndexedItem } from '../workflows/batch-protocol';
import { type BatchSet } from './config';
import { idealSeconds, quotaShare } from './ideal';
import { type BatchReport } from './report';
import { type Tally } from './tally';
import { newSetWork, type SetWork, type Work } from './work-counters';

export interface RunRecord {
  readonly sets: readonly BatchSet[];
  readonly items: readonly IndexedItem[];
  readonly tally: Tally;
  readonly work: Work;
  /** The limiters' counts before the run, of those that ran already, and after it. */
  readonly before: ReadonlyMap<string, LimiterStats>;
  readonly after: ReadonlyMap<string, LimiterStats>;
  /** History events of the batch's own workflows; 0 if nobody could tell. */
  readonly batchEvents: number;
}

/** What a run came to, from the start of its first item to the end of its last. */
export function reportOf({ sets, items, tally, work, before, after, batchEvents }: RunRecord): BatchReport {
  const all = sets.map(({ name }) => work[name] ?? newSetWork());
  const acquisitions = sum(all, (set) => set.acquisitions);
  const meanHoldSeconds = acquisitions > 0 ? sum(all, (set) => set.heldMs) / acquisitions / 1000 : 0;
  const firstAt = Math.min(...all.map((set) => set.firstAt ?? Infinity));
  const seconds = Math.max(0, (tally.lastAt - firstAt) / 1000);
  // of a batch that ended early, the same part of everything
  const part = items.length > 0 ? tally.done / items.length : 0;
  const units = {
    input_tokens: part * sum(items, (item) => item.inputTokens),
    output_tokens: part * sum(items, (item) => item.maxTokens),
  };
  return {
    items: tally.done,
    failed: tally.failed,
    seconds,
    idealSeconds: idealSeconds(sets, { items: tally.done, units, meanHoldSeconds }),
    refusals: sum(all, (set) => set.refusals),
    retries: tally.retries,
    acquisitions,
    batchEvents,
    historyEvents: sum(sets, ({ name }) => (after.get(name)?.events ?? 0) - (before.get(name)?.events ?? 0)),
    sets: sets.map(({ name, limits }, i) => ({
      name,
      items: tally.itemsOf(name),
      quotas: limits.map((limit) => ({
        key: limit.key ?? CALL_COUNT,
        share: quotaShare(limit, unitsOf(limit, all[i] ?? newSetWork()), seconds, meanHoldOf(all[i])),
      })),
    })),
  };
}

function unitsOf(limit: LimitJSON, work: SetWork): number {
  return limit.kind === 'rate' ? (work.units[limit.key] ?? 0) : work.acquisitions;
}

function meanHoldOf({ heldMs, acquisitions } = newSetWork()): number {
  return acquisitions > 0 ? heldMs / acquisitions / 1000 : 0;
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
