import type { LimitDefinition } from '../definition/definition';

/** A limit of which less counts than its definition says, because of what the provider answered. */
export interface LoweredLimit {
  /** Which of the set's limits. */
  readonly index: number;
  /** What counts. Units per window, or permits. */
  readonly capacity: number;
  /** `adaptive`: throttles have lowered it. `provider`: the limit follows its provider, which names no more. */
  readonly by: 'adaptive' | 'provider';
}

const REASONS: Readonly<Record<LoweredLimit['by'], string>> = {
  adaptive: 'throttles have lowered it',
  provider: 'the provider names no more',
};

export function isLoweredBy(value: unknown): value is LoweredLimit['by'] {
  return typeof value === 'string' && Object.hasOwn(REASONS, value);
}

/**
 * The limits of which less counts than is defined.
 *
 * @param found The same limits with the capacities of the adaptive ones.
 * @param inForce The same with those that the provider has named, too.
 */
export function loweredLimits(
  defined: readonly LimitDefinition[],
  found: readonly LimitDefinition[],
  inForce: readonly LimitDefinition[],
): readonly LoweredLimit[] {
  if (inForce === defined) return NONE;
  return inForce.flatMap(({ capacity }, index): LoweredLimit[] => {
    if (capacity >= (defined[index]?.capacity ?? 0)) return [];
    return [{ index, capacity, by: capacity < (found[index]?.capacity ?? 0) ? 'provider' : 'adaptive' }];
  });
}

const NONE: readonly LoweredLimit[] = [];

/** What leaves less of limits than is defined: other capacities, and a wider guard. */
export interface Shortened {
  readonly lowered: readonly LoweredLimit[];
  /** Unit: milliseconds. */
  readonly guardMs: number;
  readonly definedGuardMs: number;
}

/** Why there is less of a limit than is defined, for the errors of who waits for it; nothing if there is not. */
export function whyLess(limits: readonly LimitDefinition[], key: string, shortened: Shortened): string | undefined {
  const { lowered, guardMs, definedGuardMs } = shortened;
  const index = limits.findIndex((limit) => limit.key === key);
  const found = lowered.find((limit) => limit.index === index);
  const reasons: string[] = [];
  const defined = limits[index]?.capacity ?? 0;
  // an operator may have set more than is defined here
  if (found !== undefined && found.capacity < defined) {
    const capacity = Number(found.capacity.toFixed(3));
    reasons.push(`"${key}" has ${capacity} in place of the ${defined} defined, as ${REASONS[found.by]}`);
  }
  if (limits[index]?.kind !== 'resource' && guardMs > definedGuardMs) {
    const [wide, usual] = [Math.round(guardMs), Math.round(definedGuardMs)];
    reasons.push(`the guard is ${wide} ms in place of ${usual}, as the provider refused what there was room for`);
  }
  return reasons.length === 0 ? undefined : reasons.join('; ');
}
