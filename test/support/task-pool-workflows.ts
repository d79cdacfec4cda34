import {
  asCompleted,
  gather,
  TaskPool,
  wait,
  type TaskHandle,
  type TaskPoolOptions,
  type TaskPoolStats,
  type WaitOptions,
} from '../../src/workflows/index';
import { ApplicationFailure, defineQuery, isCancellation, proxyActivities, setHandler } from '@temporalio/workflow';

/** What the tests' worker does. */
export interface PoolActivities {
  /** Waits until the test opens the gate of that name, then answers the name. */
  pass(gate: string): Promise<string>;
  /** Fails for good. */
  fail(message: string): Promise<never>;
  /** Fails once, then answers. */
  failOnce(gate: string): Promise<string>;
  /** The task queue on which it runs. */
  where(): Promise<string>;
}

const ACTIVITIES = { startToCloseTimeout: '1m', heartbeatTimeout: '10s', retry: { initialInterval: '10ms' } } as const;

export interface PoolState {
  readonly stats: TaskPoolStats;
  readonly submitted: readonly string[];
  readonly done: readonly boolean[];
}

export const poolQuery = defineQuery<PoolState>('pool');

function poolOf(options: TaskPoolOptions): TaskPool<PoolActivities> {
  return new TaskPool<PoolActivities>({ activityOptions: ACTIVITIES, ...options });
}

/** Submits one task for each gate, one after the other, and answers their results with the workers that had them. */
export async function submitAll(
  options: TaskPoolOptions,
  activity: 'pass' | 'failOnce',
  gates: string[],
): Promise<[result: string, worker: number][]> {
  const pool = poolOf(options);
  const handles: TaskHandle<string>[] = [];
  const submitted: string[] = [];
  setHandler(poolQuery, () => ({ stats: pool.getStats(), submitted, done: handles.map(({ done }) => done) }));
  for (const gate of gates) {
    handles.push(await pool.submit(activity, [gate]));
    submitted.push(gate);
  }
  const results = await gather(handles);
  return results.map((result, i) => [result, handles[i]?.workerIndex ?? -1]);
}

/** Where each of so many tasks ran. */
export async function placesOf(options: TaskPoolOptions, count: number): Promise<string[]> {
  const pool = poolOf(options);
  const { where } = proxyActivities<PoolActivities>(ACTIVITIES);
  const handles: TaskHandle<string>[] = [];
  for (let i = 0; i < count; i += 1) handles.push(await pool.submit(where, []));
  return gather(handles);
}

/** Submits while a queue is full, and tells how it ends; then how the task does that was let in. */
export async function submitInVain(queue: string): Promise<string[]> {
  const pool = poolOf({ queues: [queue], maxQueuedTasks: 1 });
  const first = await pool.submit('pass', ['never']);
  const told: string[] = [];
  try {
    await pool.submit('pass', ['later']);
  } catch (error) {
    told.push(isCancellation(error) ? 'submit cancelled' : String(error));
  }
  await first.result().catch((error: unknown) => told.push(isCancellation(error) ? 'task cancelled' : String(error)));
  return [...told, `${pool.getStats().inFlight} in flight, ${pool.getStats().submissionQueues[0]?.queued} queued`];
}

/** Cancels one of two tasks, and lets a failure pass that nobody asks for. */
export async function cancelOne(queue: string): Promise<string[]> {
  const pool = poolOf({ queues: [queue] });
  const cancelled = await pool.submit('pass', ['never']);
  const kept = await pool.submit('pass', ['open']);
  await pool.submit('fail', ['nobody asks']);
  cancelled.cancel();
  const [error, result] = await gather([cancelled, kept], { returnExceptions: true });
  return [isCancellation(error) ? 'cancelled' : String(error), String(result)];
}

/** Waits for one task that ends and one that does not. */
export async function waitFor(queue: string, options: WaitOptions): Promise<object> {
  const pool = poolOf({ queues: [queue] });
  const tasks = { ends: await pool.submit('pass', ['open']), hangs: await pool.submit('pass', ['never']) };
  try {
    const { done, notDone } = await wait(tasks, options);
    return { done: done.length, notDone: notDone.length };
  } finally {
    tasks.hangs.cancel();
  }
}

/** Reads tasks in the order in which they end. */
export async function readInOrder(queue: string, gates: string[]): Promise<string[]> {
  const pool = poolOf({ queues: [queue] });
  const handles = await Promise.all(gates.map((gate) => pool.submit('pass', [gate])));
  const order: string[] = [];
  setHandler(poolQuery, () => ({ stats: pool.getStats(), submitted: order, done: handles.map(({ done }) => done) }));
  for await (const handle of asCompleted(handles)) order.push(await handle.result());
  return order;
}

/** Makes a pool that cannot be. */
export async function makePool(options: TaskPoolOptions): Promise<void> {
  const pool = new TaskPool(options);
  await pool.submit('where', []);
  throw ApplicationFailure.nonRetryable('should not come here');
}
