import { algorithms } from '../../limiter/algorithms/algorithms';
import { type LimitJSON } from '../../limiter/definition/limits';
import { weigh } from '../config/counted-units';

/** What has to be done in all. */
export interface WorkTotals {
  /** Each item is one call and holds one permit of every resource limit. */
  readonly items: number;
  /** Units over all items, as they are requested; a unit that is left out costs nothing. */
  readonly units: Readonly<Record<string, number>>;
  /** Units over all items as they were used: what a limit counts that gives the unused back. @default `units` */
  readonly used?: Readonly<Record<string, number>>;
  /** When the first started, on the clock by which fixed windows are aligned. Unit: seconds. @default 0 */
  readonly startedAt?: number;
  /** How long an item holds its permits, on average. Unit: seconds. */
  readonly meanHoldSeconds: number;
}

/** Anything with limits, such as a set of the config. */
export interface Limited {
  readonly limits: readonly LimitJSON[];
}

/** Longer runs are called endless; a limit that lets nothing through is what leads there. Unit: seconds. */
const ENDLESS = 1e12;

/** Shares are sums of fractions: a third three times is not quite one. */
const ROUNDING = 1e-9;

/**
 * How many units a limit at full quota has let start by `seconds` after a fresh beginning, both ends included:
 *
 * - SlidingWindow: `C · (⌊t/W⌋ + 1)`: all of the capacity C at once, and again after each window W.
 * - FixedWindow: C for each multiple of W that the time touches, as its windows begin with the clock and not with the work.
 * - TokenBucket, GCRA, LeakyBucket: `C + C · t/W`: a burst of C, then C/W units a second.
 * - Resource with holding time h: `C + C · t/h`: C at once, then by Little's law (L = λ·W: permits held = starts a second
 *   × holding time) C/h a second.
 *
 * The forms are those of the algorithms' own definitions: at most C in any window for the windows, a bucket of depth C
 * that fills at C/W for the others (ITU-T I.371 shows that GCRA and the leaky bucket as a meter admit the same).
 */
export function allowance(limit: LimitJSON, seconds: number, meanHoldSeconds: number, startedAt = 0): number {
  const { capacity } = limit;
  if (limit.kind === 'resource') return meanHoldSeconds > 0 ? capacity * (1 + seconds / meanHoldSeconds) : Infinity;
  const windows = seconds / limit.windowSeconds;
  switch (limit.algorithm ?? 'SlidingWindow') {
    case 'SlidingWindow':
      return capacity * (Math.floor(windows + ROUNDING) + 1);
    case 'FixedWindow': {
      const begun = startedAt / limit.windowSeconds;
      return capacity * (Math.floor(begun + windows + ROUNDING) - Math.floor(begun + ROUNDING) + 1);
    }
    case 'TokenBucket':
    case 'GCRA':
    case 'LeakyBucket':
      return capacity * (1 + windows);
  }
}

/** The share (0 to 1) of a limit's quota that a run of `seconds` used: units against what the limit let through. */
export function quotaShare(
  limit: LimitJSON,
  units: number,
  seconds: number,
  meanHoldSeconds: number,
  startedAt?: number,
): number {
  if (limit.kind === 'resource') return seconds > 0 ? (units * meanHoldSeconds) / (limit.capacity * seconds) : 0;
  return units / allowance(limit, seconds, meanHoldSeconds, startedAt);
}

/**
 * The least time in which `work` could be served by all `sets` at full quota: a lower bound to measure a run against.
 *
 * By time t, set s has started the share `min over its limits l of allowance(l, t) / total(l)` of the work; the work is
 * spread in proportion to these shares. All of it has started at the first t at which they sum to 1, and the last item
 * ends one holding time later: `T = min { t : Σₛ minₗ allowance(l, t) / total(l) ≥ 1 } + h`. Items count as divisible and
 * each set gets the same mix of them, hence a bound: single items can only take longer.
 *
 * @returns seconds, exact to a microsecond; Infinity if some limit never lets the work through
 */
export function idealSeconds(sets: readonly Limited[], work: WorkTotals): number {
  if (work.items <= 0) return 0;
  const done = (seconds: number): boolean =>
    sets.reduce((sum, set) => sum + shareBy(set, work, seconds), 0) >= 1 - ROUNDING;
  let low = 0;
  let high = done(0) ? 0 : 1;
  while (high > 0 && !done(high)) {
    low = high;
    high *= 2;
    if (high > ENDLESS) return Infinity;
  }
  while (high - low > 1e-7) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break; // No number lies between them.
    if (done(middle)) high = middle;
    else low = middle;
  }
  return Math.round((high + work.meanHoldSeconds) * 1e6) / 1e6;
}

/** The units that a rate limit counts in the end: those used where it gives the unused back, else those requested. */
export function countedBy(limit: LimitJSON, work: Pick<WorkTotals, 'units' | 'used'>): WorkTotals['units'] {
  if (limit.kind !== 'rate') return {};
  const unused = limit.unused ?? algorithms[limit.algorithm ?? 'SlidingWindow'].unusedByDefault;
  return unused === 'returned' ? (work.used ?? work.units) : work.units;
}

/** The share of all the work that one set has started by then; at most 1. */
function shareBy({ limits }: Limited, work: WorkTotals, seconds: number): number {
  const shares = limits.map((limit) => {
    const total = limit.kind === 'rate' ? weigh(limit, countedBy(limit, work)) : work.items;
    return total > 0 ? allowance(limit, seconds, work.meanHoldSeconds, work.startedAt) / total : 1;
  });
  return Math.min(1, ...shares);
}
