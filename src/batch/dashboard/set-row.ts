import type { CapacityOrigin, Inspection } from '../../limiter/control/inspection';
import { fullestOf, stateOf } from '../temporal/set-state';
import { busiestByMinute, lastHourOf } from './last-hour';
import type { SetRow } from './views';

/** The first that counts for some limit is the one that the overview names. */
const SOURCES: readonly CapacityOrigin[] = ['operator', 'provider', 'adaptive', 'code'];

/** A set as the overview shows it. */
export function rowOf(inspection: Inspection): SetRow {
  const { set, limits, waiting, waitingSince, at } = inspection;
  const fullest = fullestOf(limits);
  return {
    set,
    state: stateOf(inspection),
    ...(fullest !== undefined && { fullest }),
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
