import type { AlgorithmName, Window } from '../../src/limiter/algorithms/algorithm';
import type { WindowDefinition } from '../../src/limiter/definition/definition';

/** A rate limit ready to count. */
export function limitOf(algorithm: AlgorithmName, window: Window, key = 'tokens'): WindowDefinition {
  return { kind: 'rate', key, algorithm, overage: 'charge', ...window };
}
