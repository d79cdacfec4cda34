import type { LimitSetJSON } from '../../src/client/sets/limit-set-options';
import type { Allowance } from '../provider/strict-account';

/** A process that says nothing for so long is forgotten, and what it held goes to others. */
export const LEASE_MS = 4_000;

/** Ten processes share the machine: between the start of a call and its arrival one of them may be put aside. */
const GUARD_MS = 200;

export const WINDOW_MS = 2_000;

/** What the provider allows, by the definition's version. The third takes back what the second brought. */
const ALLOWANCES: readonly Allowance[] = [
  { calls: 30, tokens: 3_000, connections: 9 },
  { calls: 50, tokens: 5_000, connections: 15 },
  { calls: 30, tokens: 3_000, connections: 9 },
];

/** @throws RangeError for a version that there is none of */
export function allowanceOf(version: number): Allowance {
  const allowance = ALLOWANCES[version - 1];
  if (allowance === undefined) throw new RangeError(`there is no version ${version} of the limits`);
  return allowance;
}

/** The provider's own quotas, exactly. */
export function limitsOf(version: number): LimitSetJSON {
  const { calls, tokens, connections } = allowanceOf(version);
  const windowSeconds = WINDOW_MS / 1_000;
  return {
    ...{ name: 'chaos', mode: 'temporal', version, leaseMs: LEASE_MS, guardMs: GUARD_MS },
    limits: [
      { kind: 'call', windowSeconds, capacity: calls },
      { kind: 'rate', key: 'tokens', windowSeconds, capacity: tokens },
      { kind: 'resource', key: 'connections', capacity: connections },
    ],
  };
}

/** Seats are held for long, one by each holder, and what their holders write is fenced. */
export const SEATS: LimitSetJSON = {
  ...{ name: 'chaos-seats', mode: 'temporal', leaseMs: LEASE_MS },
  limits: [{ kind: 'resource', key: 'seats', capacity: 2 }],
};
