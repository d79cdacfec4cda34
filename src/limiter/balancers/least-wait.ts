import type { Balancer } from './balancer';

/** The one where the request would wait least; among equals one after the other. */
export const leastWait: Balancer = {
  name: 'LeastWait',
  choose(turn, candidates) {
    let best = turn % candidates.length;
    let bestMs = candidates[best]?.wouldWaitMs ?? Infinity;
    for (let step = 1; step < candidates.length; step += 1) {
      const index = (turn + step) % candidates.length;
      const waitMs = candidates[index]?.wouldWaitMs ?? Infinity;
      if (waitMs < bestMs) {
        best = index;
        bestMs = waitMs;
      }
    }
    return best;
  },
};
