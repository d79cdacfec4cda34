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

/** Forgets what is of no consequence any more: it has recovered. */
export function forgetLapses(units: UnitState, { limits }: SetDefinition, now: number): void {
  if (units.lapses.length === 0) return;
  const windowMs = limits.reduce((most, limit) => Math.max(most, limit.kind === 'resource' ? 0 : limit.windowMs), 0);
  units.lapses = units.lapses.filter(({ lastAt }) => lastAt >= now - windowMs);
}

/**
 * Units of one limit are reported to have started, and would count as of `landsAt`. Says how many of them count already,
 * as of then or later; these are not counted as unreported any more.
 */
export function reportLapsed({ lapses }: UnitState, index: number, units: number, landsAt: number): number {
  let known = 0;
  for (const lapse of lapses) {
    const unreported = at(lapse.unreported, index);
    const found = lapse.firstAt < landsAt ? 0 : Math.min(units - known, unreported);
    if (found > 0) lapse.unreported[index] = unreported - found;
    known += found;
  }
  return known;
}

/**
 * Units of one limit are reported not to have been started, and never will be. Says which of them count as started all the
 * same, because they had lapsed; these are not counted as unreported any more.
 */
export function returnLapsed(
  { lapses }: UnitState,
  index: number,
  units: number,
): (StartedWithin & { units: number })[] {
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
