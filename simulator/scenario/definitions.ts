import type {
  LimitDefinition,
  ResourceDefinition,
  SetDefinition,
  WindowDefinition,
} from '../../src/limiter/definition/definition';

/** A limit on calls, or on what the key names. */
export function calls(capacity: number, windowMs: number, key = 'calls'): WindowDefinition {
  return { kind: 'call', key, capacity, windowMs, algorithm: 'SlidingWindow', overage: 'reject' };
}

/** Units by the key, only for those that name it. */
export function tokens(capacity: number, windowMs: number, key = 'tokens'): WindowDefinition {
  return { ...calls(capacity, windowMs, key), kind: 'rate' };
}

/** Permits of connections, or of what the key names. */
export function permits(capacity: number, key = 'connections'): ResourceDefinition {
  return { kind: 'resource', key, capacity };
}

/** A set of these limits, timed as by default. */
export function defined(limits: readonly LimitDefinition[], version = 1): SetDefinition {
  return { version, limits, timing: { leaseMs: 30_000, horizonMs: 500, guardMs: 50 } };
}
