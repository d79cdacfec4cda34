import { amountText } from '../errors/amount-text';
import type { LimitDefinition } from '../definition/definition';

/** A limit of which less counts than its definition says. */
export interface LoweredLimit {
  /** Which of the set's limits. */
  readonly index: number;
  /** What counts. Units per window, or permits. */
  readonly capacity: number;
  /**
   * `operator`: an operator has set it. `adaptive`: throttles have lowered it. `provider`: the limit follows its
   * provider, which names no more.
   */
  readonly by: 'operator' | 'adaptive' | 'provider';
}

const REASONS: Readonly<Record<LoweredLimit['by'], string>> = {
  operator: 'an operator has set it',
  adaptive: 'throttles have lowered it',
  provider: 'the provider reports no more',
};

export function isLoweredBy(value: unknown): value is LoweredLimit['by'] {
  return typeof value === 'string' && Object.hasOwn(REASONS, value);
}

/** What may lower capacities, and the limits with those that it leaves. */
export type LoweringStep = readonly [by: LoweredLimit['by'], limits: readonly LimitDefinition[]];

/**
 * The limits of which less counts than is defined, each by the last that has lowered it.
 *
 * @param steps The same limits with the capacities that each of them leaves, one after the other.
 */
export function loweredLimits(
  defined: readonly LimitDefinition[],
  steps: readonly LoweringStep[],
): readonly LoweredLimit[] {
  if (steps.every(([, limits]) => limits === defined)) return NONE;
  return defined.flatMap((limit, index): LoweredLimit[] => {
    let { capacity } = limit;
    let lowered: LoweredLimit['by'] | undefined;
    for (const [by, limits] of steps) {
      const next = limits[index]?.capacity ?? capacity;
      if (next < capacity) lowered = by;
      capacity = next;
    }
    return lowered === undefined || capacity >= limit.capacity ? [] : [{ index, capacity, by: lowered }];
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

/** Why there is less of a limit than is defined, for the errors of requests that wait for it; nothing if there is not. */
export function whyLess(limits: readonly LimitDefinition[], key: string, shortened: Shortened): string | undefined {
  const { lowered, guardMs, definedGuardMs } = shortened;
  const index = limits.findIndex((limit) => limit.key === key);
  const found = lowered.find((limit) => limit.index === index);
  const reasons: string[] = [];
  const defined = limits[index]?.capacity ?? 0;
  // an operator may have set more than is defined here
  if (found !== undefined && found.capacity < defined) {
    const counted = `counts ${amountText(found.capacity)} instead of the defined ${defined}`;
    reasons.push(`"${key}" ${counted}, because ${REASONS[found.by]}`);
  }
  if (limits[index]?.kind !== 'resource' && guardMs > definedGuardMs) {
    const [wide, usual] = [Math.round(guardMs), Math.round(definedGuardMs)];
    reasons.push(
      `the guard is ${wide} ms instead of ${usual}, because the provider refused calls although there was room`,
    );
  }
  return reasons.length === 0 ? undefined : reasons.join('; ');
}
