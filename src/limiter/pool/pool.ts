import { type Candidate, type LoadBalancing, balancerNames, balancers } from './balancers';
import { checkBoolean, checkOneOf, checkWhole } from '../checks/option-values';

/** How a pool chooses. */
export interface PoolPolicy {
  readonly loadBalancing: LoadBalancing;
  /** Offset of the first choice, so that workers with the same pool begin at different sets. */
  readonly workerIndex: number;
  /** Whether a set that would make the request wait, or could never serve it, gives way to one that would not. */
  readonly failover: boolean;
}

/** All that a pool remembers; plain JSON. */
export interface PoolState {
  /** Calls so far, failed ones too. */
  dispatched: number;
}

/**
 * Checks the policy of a pool.
 *
 * @throws InvalidLimitError naming the invalid option
 */
export function checkPolicy({ loadBalancing, workerIndex, failover }: PoolPolicy): PoolPolicy {
  checkOneOf('loadBalancing', loadBalancing, balancerNames);
  checkWhole('workerIndex', workerIndex, 0);
  checkBoolean('failover', failover);
  return { loadBalancing, workerIndex, failover };
}

/** The set at which the rotation stands. */
export function nextInRotation({ workerIndex }: PoolPolicy, { dispatched }: PoolState, size: number): number {
  return ((workerIndex % size) + dispatched) % size;
}

/** Every other place once, in the order in which they follow. Most callers do not even ask for the first. */
export function* placesAfter(place: number, size: number): Generator<number, void, undefined> {
  for (let step = 1; step < size; step += 1) yield (place + step) % size;
}

/** Chooses the set for one call; the call counts, whatever its outcome. */
export function choose(
  policy: PoolPolicy,
  state: PoolState,
  candidates: readonly Candidate[],
  random: () => number,
): number {
  const turn = (policy.workerIndex % candidates.length) + state.dispatched;
  state.dispatched += 1;
  const chosen = balancers[policy.loadBalancing].choose(turn, candidates, random);
  return policy.failover ? failOver(chosen, candidates) : chosen;
}

/** The first from `chosen` on that would serve at once; else the first that would serve at all; else `chosen`. */
function failOver(chosen: number, candidates: readonly Candidate[]): number {
  let valid: number | undefined;
  for (let step = 0; step < candidates.length; step += 1) {
    const index = (chosen + step) % candidates.length;
    const waitMs = candidates[index]?.wouldWaitMs;
    if (waitMs === undefined) continue;
    if (waitMs <= 0) return index;
    valid ??= index;
  }
  return valid ?? chosen;
}
