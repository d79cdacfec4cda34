import type { Balancer, LoadBalancing } from './balancer';
import { leastWait } from './least-wait';
import { random } from './random';
import { roundRobin } from './round-robin';

/** Every balancer by its name. */
export const balancers: Readonly<Record<LoadBalancing, Balancer>> = {
  RoundRobin: roundRobin,
  Random: random,
  LeastWait: leastWait,
};

/** The names of all of them. */
export const balancerNames = Object.keys(balancers) as readonly LoadBalancing[];
