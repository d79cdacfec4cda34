import type { AlgorithmName } from '../../limiter/algorithms/algorithm';
import type { LimitJSON } from '../../limiter/definition/limits';
import {
  MOST_IN_FLIGHT,
  GROUP_SECONDS,
  requestedBy,
  type IndexedItem,
  type PacedWindow,
  type RoutedSet,
} from '../../workflows/batch/batch-protocol';
import { weigh } from '../config/counted-units';

/** The algorithms that let a window's units through at once, and no more until it is over. */
const IN_BURSTS: ReadonlySet<AlgorithmName> = new Set(['SlidingWindow', 'FixedWindow']);

/**
 * What a set lets through of average items, by its capacities as they are configured. How long an item holds its permits is
 * not known yet, so resources count for the speed only where there is nothing else, and then only in proportion.
 *
 * @param partitions The batch workflows that share the set: each has its part of the windows.
 */
export function paceOf(
  limits: readonly LimitJSON[],
  items: readonly IndexedItem[],
  partitions: number,
): Required<Pick<RoutedSet, 'speed' | 'windows'>> {
  const permits = scarcestPermits(limits);
  const windows = limits.flatMap((limit) => windowsOf(limit, items, permits));
  const paces =
    windows.length > 0
      ? windows
      : [{ items: permits === Infinity ? MOST_IN_FLIGHT : permits, seconds: 1, isBurst: false }];
  return {
    speed: Math.min(...paces.map((pace) => pace.items / pace.seconds)),
    windows: paces.map(wholeGroups).map((window) => ({ ...window, items: window.items / partitions })),
  };
}

/** Permits of the resource of which there are fewest; `Infinity` without one. */
export function scarcestPermits(limits: readonly LimitJSON[]): number {
  return Math.min(...limits.flatMap((limit) => (limit.kind === 'resource' ? [limit.capacity] : [])));
}

/** Nothing for a resource, nor for a limit of which the items take nothing. */
function windowsOf(limit: LimitJSON, items: readonly IndexedItem[], permits: number): PacedWindow[] {
  if (limit.kind === 'resource') return [];
  const { windowSeconds, capacity, algorithm = 'SlidingWindow' } = limit;
  const most = capacity / meanUnits(limit, items);
  if (most === Infinity) return [];
  if (IN_BURSTS.has(algorithm) && most <= permits) return [{ items: most, seconds: windowSeconds, isBurst: true }];
  const atOnce = IN_BURSTS.has(algorithm) ? permits : 1;
  return [{ items: atOnce, seconds: (windowSeconds * atOnce) / most, isBurst: false }];
}

/** As many windows together as a group takes: what has been done of it is known at its end only. */
function wholeGroups({ items, seconds, isBurst }: PacedWindow): PacedWindow {
  const windows = Math.max(1, Math.ceil(GROUP_SECONDS / seconds));
  return { items: windows * items, seconds: windows * seconds, isBurst };
}

function meanUnits(limit: LimitJSON, items: readonly IndexedItem[]): number {
  if (limit.kind !== 'rate') return 1;
  const units = items.map((item) => weigh(limit, requestedBy(item)));
  return units.reduce((sum, amount) => sum + amount, 0) / Math.max(1, items.length);
}
