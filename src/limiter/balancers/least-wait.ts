import type { Balancer } from './balancer';

/** A wait without a foreseeable end is better than an error. */
function isShorter(wait: number | undefined, than: number | undefined): boolean {
  return wait !== undefined && (than === undefined || wait < than);
}

/** The one where the request would wait least; among equals one after the other. */
export const leastWait: Balancer = {
  name: 'LeastWait',
  choose(turn, candidates) {
    let best = turn % candidates.length;
    let bestMs = candidates[best]?.wouldWaitMs;
    for (let step = 1; step < candidates.length; step += 1) {
      const index = (turn + step) % candidates.length;
      const waitMs = candidates[index]?.wouldWaitMs;
      if (isShorter(waitMs, bestMs)) {
        best = index;
        bestMs = waitMs;
      }
    }
    return best;
  },
};
