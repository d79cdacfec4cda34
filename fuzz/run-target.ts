import fc from 'fast-check';
import type { Target } from './target';
import { assertClean } from './verdict';

/** Passes so many inputs through a door. Throws with the smallest that breaks the promise, and the seed. */
export function runTarget(target: Target, seed: number, runs: number): Promise<void> {
  const promise = fc.asyncProperty(target.input, async (value) => {
    await target.holds(value);
    assertClean();
  });
  return fc.assert(promise, { seed, numRuns: runs });
}
