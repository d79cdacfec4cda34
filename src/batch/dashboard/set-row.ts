import type { CapacityOrigin, InspectedLimit, Inspection } from '../../limiter/control/inspection';
import { busiestByMinute, lastHourOf } from './last-hour';
import type { SetRow, SetState } from './views';

/** The first that counts for some limit is the one that the overview names. */
const SOURCES: readonly CapacityOrigin[] = ['operator', 'provider', 'adaptive', 'code'];

/** How a set is of which everything is known. What stops all of it comes before what some wait for. */
export function stateOf({ control, provider, waiting }: Inspection): SetState {
  if (control.pause !== undefined) return 'paused';
  if (provider?.state === 'CIRCUIT') return 'circuit';
  if (provider?.state === 'PAUSED') return 'provider';
  return waiting > 0 ? 'waiting' : 'serving';
}

/** A set as the overview shows it. */
export function rowOf(inspection: Inspection): SetRow {
  const { set, limits, waiting, waitingSince, at } = inspection;
  const busiest = limits
    .map((limit) => ({ key: limit.key, share: shareOf(limit) }))
    .reduce<SetRow['busiest']>((most, each) => (each.share > (most?.share ?? -1) ? each : most), undefined);
  return {
    set,
    state: stateOf(inspection),
    ...(busiest !== undefined && { busiest }),
    source: SOURCES.find((source) => limits.some((limit) => limit.source === source)) ?? 'code',
    waiting,
    ...(waitingSince !== undefined && { waitingMs: Math.max(0, at - waitingSince) }),
    lastHour: busiestByMinute(lastHourOf(inspection)).map((share) => Math.round(share * 100) / 100),
  };
}

/** A set of which nothing is known but this. */
export function unknownRow(set: string, state: 'asking' | 'unanswered'): SetRow {
  return { set, state, waiting: 0, lastHour: [] };
}

/** What is not free of a limit: over its capacity only in debt, since units of a later window are granted ahead. */
export function takenOf({ started, granted, capacity }: InspectedLimit): number {
  return Math.max(started, Math.min(capacity, started + granted));
}

function shareOf(limit: InspectedLimit): number {
  const taken = takenOf(limit);
  if (limit.capacity <= 0) return taken > 0 ? 1 : 0;
  return taken / limit.capacity;
}
