import fc from 'fast-check';
import type { Target } from './target';
import { assertClean } from './verdict';

/**
 * Gives a target so many inputs, or fewer where each takes long. Says how many. Throws with the smallest that breaks
 * the promise, and the seed.
 */
export async function runTarget({ input, holds, slowness }: Target, seed: number, runs: number): Promise<number> {
  const promise = fc.asyncProperty(input, async (value) => {
    await holds(value);
    assertClean();
  });
  const numRuns = Math.ceil(runs / slowness);
  await fc.assert(promise, { seed, numRuns });
  return numRuns;
}
