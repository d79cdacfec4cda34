import type { Algorithm, AlgorithmName } from './algorithm';
import { fixedWindow } from './fixed-window';
import { gcra } from './gcra';
import { leakyBucket } from './leaky-bucket';
import { revisableBucket } from './revisable-bucket';
import { slidingWindow } from './sliding-window';
import { tokenBucket } from './token-bucket';

/** Every algorithm by its name. */
export const algorithms: Readonly<Record<AlgorithmName, Algorithm>> = {
  TokenBucket: tokenBucket,
  LeakyBucket: leakyBucket,
  SlidingWindow: slidingWindow,
  FixedWindow: fixedWindow,
  GCRA: gcra,
};

/** The names of all of them. */
export const algorithmNames = Object.keys(algorithms) as readonly AlgorithmName[];

/** Whether an algorithm keeps the units taken in a window: those are as many under another capacity, a bucket's level is not. */
function isWindowed(name: AlgorithmName): boolean {
  return name === 'SlidingWindow' || name === 'FixedWindow';
}

/**
 * The same count for a limiter, which learns of starts, and of unused units, only later. The three buckets admit the
 * same, so one that can be revised serves them all.
 */
export function revisable(name: AlgorithmName): Algorithm {
  return isWindowed(name) ? algorithms[name] : revisableBucket;
}

/** Whether `name` is one of the five. */
export function isAlgorithmName(name: unknown): name is AlgorithmName {
  return typeof name === 'string' && Object.hasOwn(algorithms, name);
}
