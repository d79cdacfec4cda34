import {
  asCompleted,
  gather,
  LimitPool,
  LimitSet,
  TaskPool,
  wait,
  type LimitSetOptions,
  type TaskHandle,
} from '../../src/workflows/index';
import { proxyActivities } from '@temporalio/workflow';
import type { PlaceActivities, HeldActivities } from './routing-activities';

/*
 * What the recorded users of pools do. Their histories replay only as long as it stays as it is: what is to be recorded
 * besides is a workflow of its own.
 */

type Activities = PlaceActivities & HeldActivities;

const MINUTE = { startToCloseTimeout: '1m' } as const;

/** Routes calls, with each way of balancing, and with one set at whose task queue nobody is; answers where they went. */
export async function recordedRouting(sets: readonly LimitSetOptions[]): Promise<number[]> {
  const limitSets = sets.map((options) => new LimitSet(options));
  const went: number[] = [];
  const onRouted = ({ index }: { readonly index: number }): number => went.push(index);
  for (const loadBalancing of ['RoundRobin', 'Random', 'LeastWait'] as const) {
    const pool = new LimitPool({ limitSets, loadBalancing, workerIndex: 1 });
    const spread = { ...MINUTE, scheduleToStartTimeout: '200ms', onRouted } as const;
    const { place } = pool.proxyActivities<PlaceActivities>(spread);
    for (let i = 0; i < 3; i += 1) await place();
    const { spend } = pool.proxyActivities<HeldActivities>({
      ...spread,
      retry: { initialInterval: '10ms', maximumAttempts: 3 },
      acquire: { requested: (tokens) => ({ tokens }), usage: ({ spent }) => ({ tokens: spent }), timeout: '1m' },
    });
    await gather([10, 20, 30].map((tokens) => spend(tokens, `${loadBalancing} ${tokens}`, tokens === 20 ? 1 : 0)));
  }
  return went;
}

/** Calls where nobody is anywhere, with no timeout of its own; answers where it was sent until somebody came. */
export async function recordedPatience(sets: readonly LimitSetOptions[]): Promise<number[]> {
  const pool = new LimitPool({ limitSets: sets.map((options) => new LimitSet(options)) });
  const went: number[] = [];
  const { place } = pool.proxyActivities<PlaceActivities>({ ...MINUTE, onRouted: ({ index }) => went.push(index) });
  await place();
  return went;
}

/** Submits to queues that are short, on demand and one by one, of which the last queue is served by nobody. */
export async function recordedTasks(queues: string[], deserted: string): Promise<string[]> {
  const activityOptions = { ...MINUTE, retry: { initialInterval: '10ms', maximumAttempts: 2 } } as const;
  const pool = new TaskPool<Activities>({ queues, maxQueuedTasks: 1, activityOptions });
  const { place } = proxyActivities<PlaceActivities>(MINUTE);
  const handles: TaskHandle<unknown>[] = [];
  for (let i = 0; i < 3; i += 1) {
    handles.push(await pool.submit('spend', [i, `task ${i}`, i]));
    handles.push(await pool.submit(place, []));
  }
  const results = await gather(handles, { returnExceptions: true });
  const log = results.map((result) => (result instanceof Error ? result.name : 'done'));

  const away = new TaskPool<Activities>({ queues: [...queues, deserted], loadBalancing: 'LeastWait', activityOptions });
  const race = [await away.submit('place', []), await away.submit('place', []), await away.submit('place', [])];
  const { notDone } = await wait(race, { returnWhen: 'FirstCompleted', timeout: '1m' });
  log.push(await wait(notDone, { timeout: '300ms' }).then(() => 'all done', nameOf));
  for (const handle of race) handle.cancel();
  for await (const handle of asCompleted(race)) log.push(await handle.result().then(String, nameOf));

  const onDemand = new TaskPool<Activities>({ queues, onDemand: true, maxWorkers: 2, activityOptions });
  const blocking = new TaskPool<Activities>({ queues, blocking: true, activityOptions });
  await gather([await onDemand.submit('place', []), await onDemand.submit('place', [])]);
  log.push(String((await blocking.submit('place', [])).done));
  return log;
}

const nameOf = (error: unknown): string => (error as Error).name;
