import { algorithms } from '../algorithms/algorithms';
import type { AlgorithmName, Unused, Window } from '../algorithms/algorithm';
import { DuplicateLimitError, InvalidLimitError } from '../errors/definition-errors';
import { weightedUnits, type WeightedUnits } from './counts';
import type { AdaptiveRange, Limit, Overage } from './limits';
import { at, type Vector } from '../vector/vector';

/** A rate or call limit, ready to count: the window in milliseconds, no option left open. */
export interface WindowDefinition extends Window {
  readonly kind: 'rate' | 'call';
  readonly key: string;
  readonly algorithm: AlgorithmName;
  readonly overage: Overage;
  /** The units that a rate limit counts; left out for the unit named like the limit. */
  readonly counts?: WeightedUnits;
  /** Whether the unused part of a request comes back; left out where the algorithm's default holds. */
  readonly unused?: Unused;
  /** Whether it goes by a lower limit that the provider names; left out if not. */
  readonly follow?: true;
  readonly adaptive?: AdaptiveRange;
}

/** A resource limit, ready to count. */
export interface ResourceDefinition {
  readonly kind: 'resource';
  readonly key: string;
  readonly capacity: number;
  readonly adaptive?: AdaptiveRange;
}

/** One limit with nothing left open; the order of a set's definitions is the order of every amounts array. */
export type LimitDefinition = WindowDefinition | ResourceDefinition;

/** How the processes that share a set time their traffic with its limiter. */
interface Timing {
  /** How long a process may be silent before its permits go to others. Unit: milliseconds. */
  readonly leaseMs: number;
  /** How far ahead capacity is granted. Unit: milliseconds. */
  readonly horizonMs: number;
  /** How much the way to the provider may vary in time. Unit: milliseconds. */
  readonly guardMs: number;
  /** How long a provider's answer may keep the set from it. Unit: milliseconds. Left out for the default. */
  readonly maxPauseMs?: number;
}

/** What processes must agree on to share a set; neither name nor config are part of it. */
export interface SetDefinition {
  /** The higher version wins and is applied live. */
  readonly version: number;
  readonly limits: readonly LimitDefinition[];
  readonly timing: Timing;
}

/**
 * Fills in what a limit left open.
 *
 * @throws {@link DuplicateLimitError} if two limits have the same key; {@link InvalidLimitError} if a rate limit counts
 *   what another kind of limit is requested by
 */
export function defineLimits(limits: readonly Limit[], algorithm: AlgorithmName): LimitDefinition[] {
  const keys = new Set<string>();
  const defined = limits.map((limit): LimitDefinition => {
    if (keys.has(limit.key)) throw new DuplicateLimitError(limit.key);
    keys.add(limit.key);
    const { kind, key, capacity } = limit;
    const adaptive = limit.adaptive && { adaptive: { min: limit.adaptive.min, max: limit.adaptive.max } };
    if (kind === 'resource') return { kind, key, capacity, ...adaptive };
    const follow = limit.follow === true && { follow: limit.follow };
    const window = { capacity, windowMs: Math.round(limit.windowSeconds * 1e6) / 1e3 };
    const counting = limit.algorithm ?? algorithm;
    if (kind === 'call')
      return { kind, key, ...window, algorithm: counting, overage: 'reject', ...adaptive, ...follow };
    const { counts, overage, unused } = limit;
    return {
      kind,
      key,
      ...window,
      algorithm: counting,
      overage,
      ...(counts !== undefined && { counts: weightedUnits(counts) }),
      ...(unused !== undefined && unused !== algorithms[counting].unusedByDefault && { unused }),
      ...adaptive,
      ...follow,
    };
  });
  const clash = ambiguousUnit(defined);
  if (clash === undefined) return defined;
  throw new InvalidLimitError(
    'counts',
    `"${clash}" is the key of a call or resource limit: give the unit another name`,
  );
}

/** A unit that a request could not name, as another kind of limit of the set has its name. */
export function ambiguousUnit(limits: readonly LimitDefinition[]): string | undefined {
  const others = new Set(limits.flatMap(({ kind, key }) => (kind === 'rate' ? [] : [key])));
  for (const limit of limits) for (const [unit] of unitsOf(limit)) if (others.has(unit)) return unit;
  return undefined;
}

/** The units that a rate limit counts, with their weights; none of another kind. */
export function unitsOf(limit: LimitDefinition): WeightedUnits {
  if (limit.kind !== 'rate') return [];
  return limit.counts ?? [[limit.key, 1]];
}

/** Whether two definitions limit the same in the same way. */
export function sameDefinition(a: SetDefinition, b: SetDefinition): boolean {
  return describeDefinition(a) === describeDefinition(b);
}

/** A definition as canonical JSON, for comparing and for messages. */
export function describeDefinition({ limits, timing }: SetDefinition): string {
  return JSON.stringify({
    limits: limits.map((limit) =>
      limit.kind === 'resource'
        ? [limit.kind, limit.key, limit.capacity, ...ranged(limit)]
        : [
            limit.kind,
            limit.key,
            limit.capacity,
            limit.windowMs,
            limit.algorithm,
            limit.overage,
            ...described(limit),
            ...ranged(limit),
          ],
    ),
    timing: [timing.leaseMs, timing.horizonMs, timing.guardMs, timing.maxPauseMs ?? []].flat(),
  });
}

function ranged({ adaptive }: LimitDefinition): readonly object[] {
  return adaptive === undefined ? [] : [{ min: adaptive.min, max: adaptive.max }];
}

/** What a definition says only where it differs from the default. */
function described({ counts, unused, follow }: WindowDefinition): readonly object[] {
  const counting = counts === undefined && unused === undefined ? [] : [{ counts, unused }];
  return follow === true ? [...counting, { follow }] : counting;
}

/** Lays arrays in the order of one definition out in the order of another, by key. */
export function reorder(amounts: Vector, from: readonly LimitDefinition[], to: readonly LimitDefinition[]): number[] {
  const placeBefore = ({ key, kind }: LimitDefinition): number =>
    from.findIndex((old) => old.key === key && old.kind === kind);
  return to.map((limit) => at(amounts, placeBefore(limit)));
}

/** The largest request that a limit ever serves: an adaptive one may come to have no more than its least. */
export function largestRequest({
  capacity,
  adaptive,
}: {
  readonly capacity: number;
  readonly adaptive?: AdaptiveRange | undefined;
}): number {
  return adaptive?.min ?? capacity;
}

/** Whether units of a limit come back that were requested and not used. */
export function givesBack(limit: LimitDefinition): boolean {
  return limit.kind === 'rate' && (limit.unused ?? algorithms[limit.algorithm].unusedByDefault) === 'returned';
}
