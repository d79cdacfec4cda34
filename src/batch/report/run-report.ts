import { largestRequest } from '../../limiter/definition/definition';
import { CALL_COUNT, type LimitJSON } from '../../limiter/definition/limits';
import { type Amounts } from '../../limiter/request/request';
import { type LimiterStats } from '../../workflows/limiter/protocol';
import { requestedBy, type IndexedItem } from '../../workflows/batch/batch-protocol';
import { type BatchSet } from '../config/config';
import { weigh } from '../config/counted-units';
import { countedBy, idealSeconds, quotaShare, type WorkTotals } from './ideal';
import { faultsText, suspensionText } from './provider-text';
import { type BatchReport } from './report';
import { type ResultCounts } from './result-counts';
import { sum } from './sum';
import { newSetWork, type SetWork, type Work } from '../worker/work-counters';

export interface RunRecord {
  readonly sets: readonly BatchSet[];
  readonly items: readonly IndexedItem[];
  readonly tally: ResultCounts;
  readonly work: Work;
  /** The limiters' counts before the run, of those that ran already, and after it. */
  readonly before: ReadonlyMap<string, LimiterStats>;
  readonly after: ReadonlyMap<string, LimiterStats>;
  /** History events of the batch's own workflows; 0 if unknown. */
  readonly batchEvents: number;
  /** Actions for each history event of the limiters and of the batch's workflows; 0 if unknown. */
  readonly actionShares: { readonly limits: number; readonly batch: number };
}

/** What a run came to, from the start of its first item to the end of its last. */
export function reportOf({
  sets,
  items,
  tally,
  work,
  before,
  after,
  batchEvents,
  actionShares,
}: RunRecord): BatchReport {
  // a set that had no item may have no limiter
  const isCounted = sets.every(({ name }) => after.has(name) || (work[name]?.acquisitions ?? 0) === 0);
  const counts = sets.map(({ name }) => (after.get(name)?.events ?? 0) - (before.get(name)?.events ?? 0));
  const historyEvents = isCounted ? sum(counts, (events) => Math.max(0, events)) : 0;
  const done = sets.map((set) => ({ set, work: work[set.name] ?? newSetWork() }));
  const all = done.map((each) => each.work);
  const total = { acquisitions: sum(all, (set) => set.acquisitions), heldMs: sum(all, (set) => set.heldMs) };
  const meanHoldSeconds = meanHoldOf(total);
  const firstAt = Math.min(...all.map((set) => set.firstAt ?? Infinity));
  const startedAt = Number.isFinite(firstAt) ? firstAt / 1000 : 0;
  const seconds = Math.max(0, (tally.lastAt - firstAt) / 1000);
  const part = items.length > 0 ? tally.done / items.length : 0;
  return {
    items: tally.done,
    failed: tally.failed,
    seconds,
    idealSeconds: idealSeconds(sets, { ...workOf(sets, items, part), used: usedOf(all), meanHoldSeconds, startedAt }),
    refusals: sum(all, (set) => set.refusals),
    retries: tally.retries,
    acquisitions: total.acquisitions,
    batchEvents,
    historyEvents,
    actions: isCounted ? historyEvents * actionShares.limits + batchEvents * actionShares.batch : 0,
    sets: done.map(({ set: { name, limits }, work: own }) => ({
      name,
      items: tally.itemsOf(name),
      faults: faultsText(own.faults),
      suspension: suspensionText(after.get(name)?.provider, Date.now()),
      quotas: limits.map((limit) => ({
        key: (limit as { readonly key?: string }).key ?? CALL_COUNT,
        share: quotaShare(limit, unitsOf(limit, own), seconds, meanHoldOf(own), startedAt),
      })),
    })),
  };
}

/** The least time in which the limits let items through, however fast the provider is. Unit: seconds. */
export function leastSeconds(sets: readonly BatchSet[], items: readonly IndexedItem[]): number {
  return idealSeconds(sets, { ...workOf(sets, items, 1), meanHoldSeconds: 0 });
}

/**
 * What the sets were there to do. An item too large for each of them is given back at once: it takes no time, and would
 * pass for that of as many windows as its tokens fill. Of a batch that ended early it is the same part of everything.
 */
function workOf(
  sets: readonly BatchSet[],
  items: readonly IndexedItem[],
  part: number,
): Omit<WorkTotals, 'meanHoldSeconds'> {
  const served = items.map(requestedBy).filter((requested) => sets.some((set) => fits(set, requested)));
  const names = [...new Set(served.flatMap((requested) => Object.keys(requested)))];
  const units = names.map((unit) => [unit, part * sum(served, (requested) => requested[unit] ?? 0)] as const);
  return { items: part * served.length, units: Object.fromEntries(units) };
}

/** Units that all sets have used together. */
function usedOf(all: readonly SetWork[]): Readonly<Record<string, number>> {
  const units = [...new Set(all.flatMap(({ used }) => Object.keys(used)))];
  return Object.fromEntries(units.map((unit) => [unit, sum(all, ({ used }) => used[unit] ?? 0)]));
}

function fits({ limits }: BatchSet, requested: Amounts): boolean {
  return limits.every((limit) => weigh(limit, requested) <= largestRequest(limit));
}

function unitsOf(limit: LimitJSON, work: SetWork): number {
  return limit.kind === 'rate' ? weigh(limit, countedBy(limit, work)) : work.acquisitions;
}

function meanHoldOf({ heldMs, acquisitions }: Pick<SetWork, 'heldMs' | 'acquisitions'>): number {
  return acquisitions > 0 ? heldMs / acquisitions / 1000 : 0;
}
