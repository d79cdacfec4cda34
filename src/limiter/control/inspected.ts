import type { LimitDefinition } from '../definition/definition';
import type { LoweringStep } from '../feedback/lowered-limits';
import type { Ledger } from '../ledger/ledger';
import { at, type Vector } from '../vector/vector';
import type { Control } from './control';
import type { CapacityOrigin, InspectedLimit, Inspection } from './inspection';

/** What differs from one keeper of limits to another: how much of a limit is where. */
type Shares = Pick<InspectedLimit, 'started' | 'granted' | 'free'>;

/** One limit as it stands: as the code defines it, and as each of what may change it leaves it. */
export interface CountedLimit {
  readonly defined: LimitDefinition;
  /** Which of the set's limits. */
  readonly index: number;
  readonly steps: readonly LoweringStep[];
}

/** A limit as an inspection shows it. */
export function inspectedLimit(limit: CountedLimit, control: Control, shares: Shares, wanted: number): InspectedLimit {
  const { defined } = limit;
  const { key, kind } = defined;
  return {
    ...{ key, kind, defined: defined.capacity, ...counted(limit, control) },
    ...(defined.kind !== 'resource' && { algorithm: defined.algorithm, windowMs: defined.windowMs }),
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

/** The capacity that counts, and the last that has made another one of it. */
function counted(
  { defined: { key, capacity }, index, steps }: CountedLimit,
  control: Control,
): Pick<InspectedLimit, 'capacity' | 'source'> {
  const source: CapacityOrigin = Object.hasOwn(control.capacity, key) ? 'operator' : 'code';
  return steps.reduce<Pick<InspectedLimit, 'capacity' | 'source'>>(
    (before, [by, limits]) => {
      const next = limits[index]?.capacity ?? before.capacity;
      return next === before.capacity ? before : { capacity: next, source: by };
    },
    { capacity, source },
  );
}
