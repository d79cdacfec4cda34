import type { LoweredLimit } from '../feedback/lowered-limits';
import type { Report } from '../feedback/use-by-others';
import type { Vector } from '../vector/vector';
import type { DemandRow, GrantRow, LoweredRow, RefundRow, ReportRow, Sync, UsageRow } from './wire';

/** Neighbours in a queue that want the same. */
export interface DemandEntry {
  readonly count: number;
  readonly priority: number;
  /** Since when the first of them waits. */
  readonly since: number;
  /** What each of them wants. */
  readonly amounts: Vector;
}

/** Units that may be started between two moments. */
export interface GrantEntry {
  readonly notBefore: number;
  readonly notAfter: number;
  readonly amounts: Vector;
}

/** Units started in all by a moment. */
export interface UsageTotals {
  readonly at: number;
  readonly totals: Vector;
  /** When the last of what this adds had been answered; `Infinity` if not all of it has been. */
  readonly answeredAt: number;
}

/** Units given back in all; those that came last had been started between two moments. */
export interface RefundTotals {
  readonly startedAt: number;
  readonly startedBy: number;
  readonly totals: Vector;
}

/** What a sync says, with its rows as records. */
export interface SyncReport extends Omit<Sync, 'used' | 'refunds' | 'demand'> {
  readonly used: readonly UsageTotals[];
  readonly refunds: readonly RefundTotals[];
  readonly demand: readonly DemandEntry[];
}

/** Reads the rows of a sync whose contents have been checked. */
export function readSync(sync: Sync): SyncReport {
  return {
    ...sync,
    used: sync.used.map(([at, ...totals], i) => ({ at, totals, answeredAt: at + (sync.answered?.[i] ?? Infinity) })),
    refunds: sync.refunds.map(([startedAt, startedBy, ...totals]) => ({ startedAt, startedBy, totals })),
    demand: sync.demand.map(([count, priority, since, ...amounts]) => ({ count, priority, since, amounts })),
  };
}

export function readGrant([notBefore, notAfter, ...amounts]: GrantRow): GrantEntry {
  return { notBefore, notAfter, amounts };
}

export function grantRow({ notBefore, notAfter, amounts }: GrantEntry): GrantRow {
  return [notBefore, notAfter, ...amounts];
}

export function demandRow({ count, priority, since, amounts }: DemandEntry): DemandRow {
  return [count, priority, since, ...amounts];
}

export function usageRow({ at, totals }: Pick<UsageTotals, 'at' | 'totals'>): UsageRow {
  return [at, ...totals];
}

/** Nothing where nothing of it has been answered. */
export function answeredRows(used: readonly UsageTotals[]): Pick<Sync, 'answered'> {
  const answered = used.map(({ at, answeredAt }) => (answeredAt < Infinity ? Math.ceil(answeredAt - at) : null));
  return answered.every((ms) => ms === null) ? {} : { answered };
}

export function refundRow({ startedAt, startedBy, totals }: RefundTotals): RefundRow {
  return [startedAt, startedBy, ...totals];
}

export function readReport([index, since, remaining, limit]: ReportRow): Report {
  return { index, since, ...(remaining >= 0 && { remaining }), ...(limit >= 0 && { limit }) };
}

export function reportRow({ index, since, remaining = -1, limit = -1 }: Report): ReportRow {
  return [index, since, remaining, limit];
}

export function readLowered([index, capacity, by]: LoweredRow): LoweredLimit {
  return { index, capacity, by };
}

export function loweredRow({ index, capacity, by }: LoweredLimit): LoweredRow {
  return [index, capacity, by];
}
