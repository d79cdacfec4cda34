import type { StartedWithin } from '../../algorithms/algorithm';
import type { SetDefinition } from '../../definition/definition';
import type { RefundTotals } from '../../protocol/codec';
import { at, sum } from '../../vector/vector';
import type { Lapse, UnitState } from './client-state';

/** Most of a client told apart; past it the oldest are one: less comes back then, never more. */
const MAX_LAPSES = 4;

/** Remembers a lapse. */
export function addLapse(units: UnitState, lapse: Lapse): void {
  units.lapses.push(lapse);
  if (units.lapses.length <= MAX_LAPSES) return;
  const [first, second, ...rest] = units.lapses;
  if (first !== undefined && second !== undefined) units.lapses = [joined(first, second), ...rest];
}

/** Forgets what is of no consequence any more: it is settled, and has recovered. */
export function forgetLapses(units: UnitState, { limits }: SetDefinition, now: number): void {
  if (units.lapses.length === 0) return;
  const windowMs = limits.reduce((most, limit) => Math.max(most, limit.kind === 'resource' ? 0 : limit.windowMs), 0);
  units.lapses = units.lapses.filter(
    ({ lastAt, unreported }) => lastAt >= now - windowMs || unreported.some((amount) => amount > 0),
  );
}

/** Units that lapsed, and between which moments they count. */
interface Lapsed extends StartedWithin {
  readonly units: number;
}

/**
 * What became of so many units of one limit is told. Says which of them had lapsed, the oldest first; these are not counted
 * as unreported any more. Others may be meant, but then these are told of next, and it comes to the same.
 */
export function settleLapsed({ lapses }: UnitState, index: number, units: number): Lapsed[] {
  let left = units;
  return lapses.flatMap(({ firstAt, lastAt, unreported }) => {
    const found = Math.min(left, at(unreported, index));
    if (found <= 0) return [];
    left -= found;
    unreported[index] = at(unreported, index) - found;
    return [{ units: found, from: firstAt, to: lastAt }];
  });
}

/** Between which moments units count that were given back: a guard after their start, or since they lapsed. */
export function countedWithin(
  { lapses }: UnitState,
  { startedAt, startedBy }: RefundTotals,
  [least, most]: readonly [least: number, most: number],
): StartedWithin {
  const to = Math.max(startedAt, startedBy);
  const among = lapses.filter(({ notBefore, lastAt }) => notBefore <= to && startedAt + least <= lastAt);
  return { from: startedAt + least, to: Math.max(to + most, ...among.map(({ lastAt }) => lastAt)) };
}

function joined(one: Lapse, other: Lapse): Lapse {
  return {
    notBefore: Math.min(one.notBefore, other.notBefore),
    firstAt: Math.min(one.firstAt, other.firstAt),
    lastAt: Math.max(one.lastAt, other.lastAt),
    unreported: sum(one.unreported, other.unreported),
  };
}
