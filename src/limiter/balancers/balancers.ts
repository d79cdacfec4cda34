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

/** Whether `name` is one of the balancers. */
export function isLoadBalancing(name: unknown): name is LoadBalancing {
  return typeof name === 'string' && Object.hasOwn(balancers, name);
}
