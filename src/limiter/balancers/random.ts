import type { Balancer } from './balancer';

/** Any of them, all alike. */
export const random: Balancer = {
  name: 'Random',
  // a source that returns 1 after all must not name a set that is not there
  choose: (_turn, candidates, next) => Math.min(candidates.length - 1, Math.floor(next() * candidates.length)),
};
