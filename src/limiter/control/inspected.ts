import type { LimitDefinition } from '../definition/definition';
import type { Ledger } from '../ledger/ledger';
import { at, type Vector } from '../vector/vector';
import type { Control } from './control';
import type { CapacityOrigin, InspectedLimit, Inspection } from './inspection';

/** What differs from one keeper of limits to another: how much of a limit is where. */
type Shares = Pick<InspectedLimit, 'started' | 'granted' | 'free'>;

/** One limit as it stands: as the code defines it, as operators leave it, and as it counts. */
export interface CountedLimit {
  readonly defined: LimitDefinition;
  readonly controlled: LimitDefinition | undefined;
  readonly inForce: LimitDefinition | undefined;
}

/** A limit as an inspection shows it. */
export function inspectedLimit(
  { defined, controlled, inForce }: CountedLimit,
  control: Control,
  shares: Shares,
  wanted: number,
): InspectedLimit {
  const { key, kind } = defined;
  return {
    ...{ key, kind, defined: defined.capacity, capacity: inForce?.capacity ?? defined.capacity },
    ...(defined.kind !== 'resource' && { algorithm: defined.algorithm, windowMs: defined.windowMs }),
    source: originOf({ defined, controlled, inForce }, control),
    ...shares,
    wanted,
  };
}

/** How much of a call or rate limit is where, as a ledger counts it. */
export function windowShares(ledger: Ledger, index: number, capacity: number, now: number): Shares {
  const available = ledger.available(index, now);
  const granted = ledger.held(index);
  return { started: Math.max(0, capacity - available - granted), granted, free: Math.max(0, available) };
}

/** Amounts by the keys of the limits, without those that are nothing. */
export function namedAmounts(limits: readonly LimitDefinition[], amounts: Vector): Record<string, number> {
  return Object.fromEntries(
    limits.flatMap(({ key }, i): [string, number][] => (at(amounts, i) > 0 ? [[key, at(amounts, i)]] : [])),
  );
}

/** What of each limit may still be at work at the provider. */
export function stillInUse({ limits }: Pick<Inspection, 'limits'>): Record<string, number> {
  const used = limits.flatMap(({ key, kind, started, granted }): [string, number][] => {
    const amount = kind === 'resource' ? started : granted;
    return amount > 0 ? [[key, amount]] : [];
  });
  return Object.fromEntries(used);
}

/** Where a capacity comes from that is not the code's. The last word is the provider's: it only lowers. */
function originOf({ defined, controlled, inForce }: CountedLimit, control: Control): CapacityOrigin {
  if (inForce?.capacity !== controlled?.capacity) return defined.adaptive === undefined ? 'provider' : 'adaptive';
  return Object.hasOwn(control.capacity, defined.key) ? 'operator' : 'code';
}
