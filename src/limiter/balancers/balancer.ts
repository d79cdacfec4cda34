/** The ways to spread calls over the sets of a pool. */
export type LoadBalancing = 'RoundRobin' | 'Random' | 'LeastWait';

/** A set of a pool, as far as a choice depends on it. */
export interface Candidate {
  /** How long the request would wait there. Unit: milliseconds. `undefined` where the set would refuse it as invalid. */
  readonly wouldWaitMs: number | undefined;
}

/**
 * One way to choose. A balancer keeps nothing: the pool counts its calls, and the count is all its state, so a pool can
 * be written down as one number and goes on elsewhere as if nothing had happened.
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
