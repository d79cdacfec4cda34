import type { LimitDefinition } from '../definition/definition';
import { describeValue } from '../errors/describe-value';
import { isAmount, isAmounts, isCount, isRow } from '../checks/numbers-check';
import { isProviderFault } from '../feedback/provider-record';
import { WIRE_VERSION, type Feedback, type Sync } from './wire';

/** The longest demand list a sync may carry. */
export const MAX_DEMAND = 256;
const MAX_CHECKPOINTS = 512;
const LONGEST_ADDRESS = 1_100;
const LONGEST_WHERE = 100;

/** Shares are dealt out permit by permit: of fractions there would be no end. */
const hasWholePermits = (amounts: readonly number[], limits: readonly LimitDefinition[]): boolean =>
  limits.every(({ kind }, i) => kind !== 'resource' || Number.isSafeInteger(amounts[i]));

/** Rows that each begin with a number of moments, followed by totals. */
const areCheckpoints = (rows: unknown, moments: number, { length }: readonly LimitDefinition[]): boolean =>
  Array.isArray(rows) &&
  rows.length <= MAX_CHECKPOINTS &&
  rows.every((row) => isRow(row, moments + length) && isAmounts(row.slice(moments), length));

const areMoments = (moments: unknown): boolean =>
  Array.isArray(moments) &&
  moments.length <= MAX_CHECKPOINTS &&
  moments.every((moment) => moment === null || Number.isFinite(moment));

/**
 * Says what is wrong with the envelope of a message that claims to be a sync; nothing if it can at least be answered. A
 * limiter lives for months and hears from anybody in its namespace, so no message may break it.
 */
export function envelopeFault(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null) return 'a sync is an object';
  const sync = message as Partial<Record<keyof Sync, unknown>>;
  if (typeof sync.client !== 'string' || sync.client.length === 0 || sync.client.length > 256) return 'client';
  if (typeof sync.queue !== 'string' || sync.queue.length > LONGEST_ADDRESS) return 'queue';
  if (!isCount(sync.seq) || sync.seq === 0) return 'seq';
  if (!isCount(sync.version)) return 'version';
  if (!isCount(sync.fence)) return 'fence';
  if (sync.replaces !== undefined && typeof sync.replaces !== 'string') return 'replaces';
  if (sync.where !== undefined && !isShortText(sync.where)) return 'where';
  if (sync.ends !== undefined && typeof sync.ends !== 'boolean') return 'ends';
  if (sync.wire === WIRE_VERSION) return undefined;
  return `version ${describeValue(sync.wire)} of the protocol, which is ${WIRE_VERSION} here`;
}

/** Free text that every snapshot carries. */
function isShortText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_WHERE;
}

const OUTCOMES: ReadonlySet<unknown> = new Set(['ok', 'throttled', 'failed']);

/** At most one row for each limit. */
function areReports(rows: unknown, { length }: readonly LimitDefinition[]): boolean {
  const isSaid = (value: unknown): boolean => value === -1 || isAmount(value);
  return (
    Array.isArray(rows) &&
    rows.length <= length &&
    rows.every((row) => isRow(row, 4) && isCount(row[0]) && row[0] < length && isSaid(row[2]) && isSaid(row[3]))
  );
}

function isFeedback(value: unknown, limits: readonly LimitDefinition[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Partial<Record<keyof Feedback, unknown>>;
  const { ok, throttled, failed, cause, at = 0, holdMs = 0, probe, seen = [] } = fields;
  const hasProbe = probe === undefined || (Array.isArray(probe) && isCount(probe[0]) && OUTCOMES.has(probe[1]));
  return (
    [ok, throttled, failed].every(isCount) &&
    (cause === undefined || isProviderFault(cause)) &&
    isAmount(at) &&
    isAmount(holdMs) &&
    hasProbe &&
    areReports(seen, limits)
  );
}

/** What is wrong with the contents of a sync, if anything. */
export function contentsFault(
  sync: Partial<Record<keyof Sync, unknown>>,
  limits: readonly LimitDefinition[],
): string | undefined {
  for (const key of ['seen', 'seenGrants'] as const) if (!isCount(sync[key])) return key;
  for (const key of ['starting', 'returned', 'refunded', 'excess', 'inUse', 'keep', 'ahead'] as const) {
    if (!isAmounts(sync[key], limits.length) || !hasWholePermits(sync[key], limits)) return key;
  }
  if (!isAmount(sync.holdingMs)) return 'holdingMs';
  if (sync.feedback !== undefined && !isFeedback(sync.feedback, limits)) return 'feedback';
  const { used, refunds, demand } = sync;
  if (!areCheckpoints(used, 1, limits)) return 'used';
  if (sync.answered !== undefined && !areMoments(sync.answered)) return 'answered';
  if (!areCheckpoints(refunds, 2, limits)) return 'refunds';
  if (!Array.isArray(demand) || demand.length > MAX_DEMAND) return 'demand';
  for (const row of demand as unknown[]) {
    if (!isRow(row, limits.length + 3) || !isCount(row[0])) return 'demand';
    const amounts = row.slice(3);
    if (!isAmounts(amounts, limits.length) || !hasWholePermits(amounts, limits)) return 'demand';
  }
  return undefined;
}
