import { type PoolPolicy } from '../../src/limiter/pool';
import { proxyPoolActivities } from '../../src/workflows/pool-activities';
import { type PoolActivityOptions } from '../../src/workflows/pool-activity-options';
import { type RoutableSet } from '../../src/workflows/routed-call';
import type { PlaceActivities } from './routing-activities';

/** A set that only says where to go. */
function signpost(taskQueue: string): RoutableSet {
  return {
    name: taskQueue,
    config: { taskQueue },
    limits: [],
    expectedWaitMs: () => 0,
    use: () => Promise.reject(new Error('a call that only goes by turns acquires nothing')),
  };
}

/** What became of the calls, one after the other, and where each was sent. */
export interface Journey {
  readonly places: readonly string[];
  readonly sentTo: readonly (readonly string[])[];
}

/** Calls so many times, and tells where each call was sent and where it was done. */
export async function travel(
  taskQueues: string[],
  count: number,
  options: PoolActivityOptions<PlaceActivities>,
  policy: Partial<PoolPolicy> = {},
): Promise<Journey> {
  const sentTo: string[][] = [];
  const pool = {
    limitSets: taskQueues.map(signpost),
    policy: { loadBalancing: 'RoundRobin', workerIndex: 0, failover: true, ...policy } as const,
    state: { dispatched: 0 },
  };
  const { place } = proxyPoolActivities<PlaceActivities>(pool, {
    ...options,
    onRouted: ({ limitSet, config, index, taskQueue }) => {
      const isWhere = limitSet === taskQueue && config['taskQueue'] === taskQueue && taskQueues[index] === taskQueue;
      sentTo.at(-1)?.push(isWhere ? taskQueue : 'nowhere');
    },
  });
  const places: string[] = [];
  for (let i = 0; i < count; i += 1) {
    sentTo.push([]);
    places.push(await place());
  }
  return { places, sentTo };
}
