import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import Bottleneck from 'bottleneck';
import { Redis } from 'ioredis';
import { CallLimit, LimitSet } from '../../src/index';
import type { Caller } from '../events-workflows';
import type { Temporal } from '../support/temporal';
import { sleepAndRetry } from './sleep-and-retry';
import type { StrictWindow } from './strict-window';

/** Where the limits are kept. */
interface Places {
  readonly temporal: Temporal;
  /** Of a Redis, if there is one. */
  readonly redis: string | undefined;
}

/** Calls a provider as often as its limits allow, for so long. Unit: milliseconds. */
export type Contestant = (provider: StrictWindow, forMs: number, places: Places) => Promise<void>;

/** That share a limit: clients of this process, each as one in a process of its own would be. */
const CLIENTS = 8;

/** What the provider answers at once. */
const SERVED = { status: 200 };

/** This library's. */
export const temporalLimits: Contestant = async (provider, forMs, { temporal }) => {
  const name = randomUUID();
  const windowSeconds = provider.windowMs / 1_000;
  const limits = [new CallLimit({ windowSeconds, capacity: provider.capacity })];
  const open = () => new LimitSet({ name, mode: 'temporal', client: temporal.newClient(), limits });
  const sets = Array.from({ length: CLIENTS }, open);
  const end = performance.now() + forMs;
  const work = async (set: LimitSet): Promise<void> => {
    while (performance.now() < end) {
      await set.use({}, (slot) => {
        provider.arrive(performance.now());
        slot.observe(SERVED);
      });
    }
  };
  await Promise.all(sets.flatMap((set) => Array.from({ length: requestsOf(provider) }, () => work(set))));
  await Promise.all(sets.map((set) => set.close()));
};

/** As its manual says for so many in a window: a reservoir that is refreshed with each. On a Redis, that is every 5 s at most. */
export const bottleneck: Contestant = async (provider, forMs, { redis = '' }) => {
  const id = randomUUID();
  const limiters = Array.from({ length: CLIENTS }, () => {
    const connection = new Bottleneck.IORedisConnection({ client: new Redis(redis) });
    return new Bottleneck({
      ...{ id, connection, reservoir: provider.capacity },
      ...{ reservoirRefreshAmount: provider.capacity, reservoirRefreshInterval: provider.windowMs },
    });
  });
  await Promise.all(limiters.map((limiter) => limiter.ready()));
  const end = performance.now() + forMs;
  const work = async (limiter: Bottleneck): Promise<void> => {
    while (performance.now() < end)
      await limiter.schedule(() => Promise.resolve(performance.now() < end && provider.arrive(performance.now())));
  };
  await Promise.all(limiters.flatMap((one) => Array.from({ length: requestsOf(provider) }, () => work(one))));
  await Promise.all(limiters.map((limiter) => limiter.disconnect(false)));
};

/** Temporal's own rate of a task queue: the calls are activities of workflows that always have more of them. */
export const taskQueueRate: Contestant = async (provider, forMs, { temporal }) => {
  const taskQueue = randomUUID();
  const client = temporal.newClient();
  const call = (): Promise<void> => {
    provider.arrive(performance.now());
    return Promise.resolve();
  };
  const worker = await Worker.create({
    ...{ connection: temporal.native, namespace: client.options.namespace, taskQueue, activities: { call } },
    workflowsPath: require.resolve('../events-workflows'),
    maxTaskQueueActivitiesPerSecond: (1_000 * provider.capacity) / provider.windowMs,
  });
  await worker.runUntil(async () => {
    const atOnce = requestsOf(provider);
    const caller: Caller = { pattern: 'nothing', name: taskQueue, permits: 1, holdMs: 0, calls: 1e6, atOnce };
    const start = { taskQueue, args: [caller] };
    for (let i = 0; i < CLIENTS; i += 1)
      await client.workflow.start('callerWorkflow', { ...start, workflowId: randomUUID() });
    // what is left of them then waits for a worker that never comes
    await sleep(forMs);
  });
};

/** What a typical parallel script does. */
export const sleepRetry: Contestant = async (provider, forMs) => {
  const timers = new Set<NodeJS.Timeout>();
  const after = (delayMs: number, action: () => void): (() => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, delayMs);
    timers.add(timer);
    return () => clearTimeout(timer);
  };
  sleepAndRetry({ now: () => performance.now(), after }, provider, CLIENTS * requestsOf(provider));
  await sleep(forMs);
  for (const timer of timers) clearTimeout(timer);
};

/** At a time, by each client: all of them together as many as two seconds let through. */
function requestsOf({ capacity, windowMs }: StrictWindow): number {
  return Math.ceil((2_000 * capacity) / windowMs / CLIENTS);
}
