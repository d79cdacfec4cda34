import type { AlgorithmName, Window } from '../../../src/limiter/algorithms/algorithm';
import type { ResourceDefinition, WindowDefinition } from '../../../src/limiter/definition/definition';

/** A rate limit ready to count. */
export function limitOf(algorithm: AlgorithmName, window: Window, key = 'tokens'): WindowDefinition {
  return { kind: 'rate', key, algorithm, overage: 'charge', ...window };
}

/** A resource limit ready to count. */
export function permits(capacity: number, key = 'connections'): ResourceDefinition {
  return { kind: 'resource', key, capacity };
}

/** What another process gets of a value. */
export function reload<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
