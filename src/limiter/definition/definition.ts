import { algorithms } from '../algorithms/algorithms';
import type { AlgorithmName, Window } from '../algorithms/algorithm';
import { DuplicateLimitError } from '../errors/definition-errors';
import type { Limit, Overage } from './limits';
import { at, type Vector } from '../vector/vector';

/** A rate or call limit, ready to count: the window in milliseconds, no option left open. */
export interface WindowDefinition extends Window {
  readonly kind: 'rate' | 'call';
  readonly key: string;
  readonly algorithm: AlgorithmName;
  readonly overage: Overage;
}

/** A resource limit, ready to count. */
export interface ResourceDefinition {
  readonly kind: 'resource';
  readonly key: string;
  readonly capacity: number;
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
 * @throws {@link DuplicateLimitError} if two limits have the same key
 */
export function defineLimits(limits: readonly Limit[], algorithm: AlgorithmName): LimitDefinition[] {
  const keys = new Set<string>();
  return limits.map((limit) => {
    if (keys.has(limit.key)) throw new DuplicateLimitError(limit.key);
    keys.add(limit.key);
    const { kind, key, capacity } = limit;
    if (kind === 'resource') return { kind, key, capacity };
    return {
      kind,
      key,
      capacity,
      windowMs: Math.round(limit.windowSeconds * 1e6) / 1e3,
      algorithm: limit.algorithm ?? algorithm,
      overage: kind === 'rate' ? limit.overage : 'error',
    };
  });
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
        ? [limit.kind, limit.key, limit.capacity]
        : [limit.kind, limit.key, limit.capacity, limit.windowMs, limit.algorithm, limit.overage],
    ),
    timing: [timing.leaseMs, timing.horizonMs, timing.guardMs],
  });
}

/** Lays arrays in the order of one definition out in the order of another, by key. */
export function reorder(amounts: Vector, from: readonly LimitDefinition[], to: readonly LimitDefinition[]): number[] {
  const placeBefore = ({ key, kind }: LimitDefinition): number =>
    from.findIndex((old) => old.key === key && old.kind === kind);
  return to.map((limit) => at(amounts, placeBefore(limit)));
}

/** Whether units of a limit come back that turn out not to have been needed. */
export function givesBack(limit: LimitDefinition): boolean {
  return limit.kind !== 'resource' && algorithms[limit.algorithm].refundsUnused;
}
