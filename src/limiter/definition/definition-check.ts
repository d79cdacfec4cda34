import { algorithms, isAlgorithmName } from '../algorithms/algorithms';
import { isWeightedUnits } from './counts';
import { ambiguousUnit, type LimitDefinition, type SetDefinition } from './definition';
import { isAmount } from '../checks/numbers-check';

/** Most limits of one set: a limiter hands all its accounts on when it continues as new. */
export const MAX_LIMITS = 32;

const isPositive = (value: unknown): boolean => isAmount(value) && value > 0;

/** Whether a limit's range, if it has one, contains its capacity, and is whole where permits are. */
function isRange({ kind, capacity, adaptive }: Record<string, unknown>): boolean {
  if (adaptive === undefined) return true;
  const { min, max } = (adaptive ?? {}) as Record<string, unknown>;
  if (!isPositive(min) || !isPositive(max)) return false;
  const isOrdered = (min as number) <= (capacity as number) && (capacity as number) <= (max as number);
  return isOrdered && (kind !== 'resource' || (Number.isSafeInteger(min) && Number.isSafeInteger(max)));
}

function limitFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'a limit is an object';
  const limit = value as Record<string, unknown>;
  if (typeof limit['key'] !== 'string' || limit['key'].length === 0 || limit['key'].length > 256) return 'key';
  if (!isPositive(limit['capacity'])) return 'capacity';
  if (!isRange(limit)) return 'adaptive';
  if (limit['kind'] === 'resource') return Number.isSafeInteger(limit['capacity']) ? undefined : 'capacity';
  if (limit['kind'] !== 'rate' && limit['kind'] !== 'call') return 'kind';
  if (!isPositive(limit['windowMs'])) return 'windowMs';
  if (!isAlgorithmName(limit['algorithm'])) return 'algorithm';
  if (limit['overage'] !== 'reject' && limit['overage'] !== 'charge') return 'overage';
  const { counts, unused, follow = true } = limit;
  if (follow !== true) return 'follow';
  if (counts !== undefined && (limit['kind'] !== 'rate' || !isWeightedUnits(counts))) return 'counts';
  return unused === undefined || unused === 'returned' || unused === 'kept' ? undefined : 'unused';
}

/** Says what is wrong with what claims to be a set definition; nothing if it is one. */
export function definitionFault(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'a definition is an object';
  const { version, limits, timing } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(version) || (version as number) < 1) return 'version';
  if (typeof timing !== 'object' || timing === null) return 'timing';
  const { leaseMs, horizonMs, guardMs, maxPauseMs = 1 } = timing as Record<string, unknown>;
  if (!isPositive(leaseMs) || !isPositive(horizonMs) || !isAmount(guardMs) || !isPositive(maxPauseMs)) return 'timing';
  if (!Array.isArray(limits) || limits.length > MAX_LIMITS) return 'limits';
  const keys = new Set<string>();
  for (const limit of limits as unknown[]) {
    const fault = limitFault(limit);
    if (fault !== undefined) return fault;
    keys.add((limit as { key: string }).key);
  }
  if (keys.size !== limits.length) return 'key';
  return ambiguousUnit(limits as LimitDefinition[]) === undefined ? undefined : 'counts';
}

/** A definition without whatever else was sent along, which a limiter would hand on from run to run. */
export function plainDefinition({ version, limits, timing }: SetDefinition): SetDefinition {
  const { leaseMs, horizonMs, guardMs, maxPauseMs } = timing;
  const pause = maxPauseMs === undefined ? {} : { maxPauseMs };
  return { version, limits: limits.map(plainLimit), timing: { leaseMs, horizonMs, guardMs, ...pause } };
}

function plainLimit(limit: LimitDefinition): LimitDefinition {
  const adaptive = limit.adaptive && { adaptive: { min: limit.adaptive.min, max: limit.adaptive.max } };
  if (limit.kind === 'resource') return { kind: limit.kind, key: limit.key, capacity: limit.capacity, ...adaptive };
  const { kind, key, capacity, windowMs, algorithm, overage, counts, unused, follow } = limit;
  return {
    kind,
    key,
    capacity,
    windowMs,
    algorithm,
    overage,
    ...(counts !== undefined && { counts }),
    // one that says the default says the same as one that says nothing
    ...(unused !== undefined && unused !== algorithms[algorithm].unusedByDefault && { unused }),
    ...adaptive,
    ...(follow === true && { follow }),
  };
}
