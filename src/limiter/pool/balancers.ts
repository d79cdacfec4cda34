import { describeValue } from '../errors/describe-value';
import { InvalidLimitError } from '../errors/definition-errors';

/** The ways to spread calls over the sets of a pool. */
export type LoadBalancing = 'RoundRobin' | 'Random' | 'LeastWait';

/** A set of a pool, as far as a choice depends on it. */
export interface Candidate {
  /** How long the request would wait there. Unit: milliseconds. `undefined` where the set would refuse it as invalid. */
  readonly wouldWaitMs: number | undefined;
}

/**
 * One way to choose. A balancer keeps nothing: the pool counts its calls, and the count is all its state, so a pool can
 * be written down as one number, and continue elsewhere.
 */
export interface Balancer {
  readonly name: LoadBalancing;
  /**
   * @param turn Number of the call, counted from the pool's offset
   * @param candidates At least one
   * @param random From 0 to below 1; injected, because workflow code must choose the same again on replay
   */
  choose(turn: number, candidates: readonly Candidate[], random: () => number): number;
}

/** One after the other, from the pool's offset on. */
const roundRobin: Balancer = {
  name: 'RoundRobin',
  choose: (turn, candidates) => turn % candidates.length,
};

/** Any of them, all alike. */
const random: Balancer = {
  name: 'Random',
  choose(_turn, candidates, next) {
    const chance: unknown = next();
    if (typeof chance !== 'number' || !(chance >= 0 && chance <= 1)) {
      throw new InvalidLimitError('random', `expected a number from 0 to below 1, got ${describeValue(chance)}`);
    }
    // a source that returns 1 after all must not name a set that is not there
    return Math.min(candidates.length - 1, Math.floor(chance * candidates.length));
  },
};

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

/** Every balancer by its name. */
export const balancers: Readonly<Record<LoadBalancing, Balancer>> = {
  RoundRobin: roundRobin,
  Random: random,
  LeastWait: leastWait,
};

/** The names of all of them. */
export const balancerNames = Object.keys(balancers) as readonly LoadBalancing[];
