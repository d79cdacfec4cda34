import { type PoolPolicy } from '../../src/limiter/pool/pool';
import { gather, LimitPool, LimitSet } from '../../src/workflows/index';
import { proxyPoolActivities } from '../../src/workflows/routing/pool-activities';
import { type PoolActivityOptions } from '../../src/workflows/routing/pool-activity-options';
import { type RoutableSet } from '../../src/workflows/routing/routed-call';
import type { HeldActivities, PlaceActivities } from './routing-activities';

/** A set that only says where to go: a call that only goes by turns acquires nothing. */
function signpost(taskQueue: string): RoutableSet {
  const set: Partial<RoutableSet> = { name: taskQueue, config: { taskQueue }, expectedWaitMs: () => 0 };
  return set as RoutableSet;
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

/** A set for each task queue: one connection, and and so many tokens and calls that next to none come back meanwhile. */
export function heldSet(taskQueue: string) {
  return {
    name: taskQueue,
    config: { taskQueue },
    limits: [
      { kind: 'resource', key: 'connections', capacity: 1 },
      { kind: 'rate', key: 'tokens', windowSeconds: 1_000_000, capacity: 1000, algorithm: 'TokenBucket' },
      { kind: 'call', windowSeconds: 3600, capacity: 100 },
      // of which nobody takes anything, though every object seems to have an amount of it
      { kind: 'rate', key: 'constructor', windowSeconds: 3600, capacity: 1, algorithm: 'TokenBucket' },
    ],
  } as const;
}

/** Makes calls all at once, each with what it needs acquired beforehand, and tells where they were made. */
export async function travelHolding(taskQueues: string[], tokens: number[], failures: number): Promise<string[]> {
  const pool = new LimitPool({ limitSets: taskQueues.map((taskQueue) => new LimitSet(heldSet(taskQueue))) });
  const { spend } = pool.proxyActivities<HeldActivities>({
    startToCloseTimeout: '1m',
    scheduleToStartTimeout: '1s',
    retry: { initialInterval: '10ms', maximumAttempts: failures + 1 },
    acquire: { requested: (wish) => ({ tokens: wish }), usage: ({ spent }) => ({ tokens: spent }) },
  });
  const calls = await gather(tokens.map((wish, call) => spend(wish, `${taskQueues.join()} ${call}`, failures)));
  return calls.map(({ place }) => place);
}
