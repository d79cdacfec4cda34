import type { Balancer } from './balancer';

/** One after the other, from the pool's offset on. */
export const roundRobin: Balancer = {
  name: 'RoundRobin',
  choose: (turn, candidates) => turn % candidates.length,
};
