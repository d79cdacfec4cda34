import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import {
  currentAcquisition,
  currentLimits,
  limited,
  LimitsPlugin,
  type WorkerLimits,
} from '../../src/activities/index';
import { CallLimit, LimitPool, LimitSet, RateLimit, ResourceLimit } from '../../src/index';
import { workflowCode } from '../../src/activities/plugin/workflow-code';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';
import { untilAvailable } from '../support/until-available';
import type { runActivity } from '../support/workflows';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
});

afterAll(async () => {
  await temporal.stop();
});

type Activities = Record<string, (...args: never[]) => unknown>;

/** Runs one activity in a worker with these limits; the worker is gone when it returns. */
async function inWorker<T>(
  limits: WorkerLimits,
  activities: Activities,
  body: (run: (name: string, args?: unknown[], options?: object) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const taskQueue = randomUUID();
  const worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue,
    activities,
    workflowsPath: require.resolve('../support/workflows'),
    plugins: [new LimitsPlugin({ limits, limiterBundle: await workflowCode() })],
  });
  const run = (name: string, args: unknown[] = [], options: object = {}): Promise<unknown> =>
    temporal.client.workflow.execute<typeof runActivity>('runActivity', {
      taskQueue,
      workflowId: randomUUID(),
      args: [name, args, { startToCloseTimeout: '1m', retry: { maximumAttempts: 1 }, ...options }],
    });
  return worker.runUntil(body(run));
}

const sets: LimitSet[] = [];

/** A set of its own, that is closed after the test. */
function shared(capacity: number): LimitSet {
  const set = new LimitSet({
    name: randomUUID(),
    mode: 'temporal',
    client: temporal.client,
    limits: [
      new RateLimit({ key: 'tokens', windowSeconds: 1_000_000, capacity: 100, algorithm: 'TokenBucket' }),
      new ResourceLimit({ key: 'connections', capacity }),
    ],
  });
  sets.push(set);
  return set;
}

afterEach(async () => {
  await Promise.all(sets.splice(0).map((set) => set.close()));
});

describe('an activity', () => {
  it('of a worker without limits may do everything, and can be written as if there were some', async () => {
    const activities = {
      work: () => currentLimits().use({ requested: { anything: 7 } }, (slot) => slot.successful),
    };
    expect(await inWorker(undefined, activities, (run) => run('work'))).toBe(true);
  });

  it.each<[string, () => WorkerLimits, string]>([
    ['a shared limit set', () => shared(1), 'connections'],
    ['a pool', () => new LimitPool({ limitSets: [shared(1), shared(1)] }), 'connections'],
    ['a list of limits', () => [new CallLimit({ windowSeconds: 60, capacity: 5 })], 'call_count'],
    ['a list of limit sets', () => [shared(1), shared(1)], 'connections'],
  ])('acquires from %s that its worker was given', async (_, limits, key) => {
    const activities = { work: () => currentLimits().use({ requested: { [key]: 1 } }, (slot) => slot.requested) };
    expect(await inWorker(limits(), activities, (run) => run('work'))).toEqual({ [key]: 1 });
  });

  it('that is limited acquires before its body and settles by its result', async () => {
    const set = shared(1);
    const activities = {
      work: limited((wish: number) => ({ used: wish / 2, held: currentAcquisition()?.requested }), {
        requested: (wish) => ({ tokens: wish }),
        usage: ({ used }) => ({ tokens: used }),
      }),
    };
    const result = await inWorker(set, activities, (run) => run('work', [40]));
    expect(result).toEqual({ used: 20, held: { tokens: 40, connections: 1 } });
    // what was not needed is told once its start counts for certain, which may be after the worker has ended
    await inWorker(set, activities, () => untilAvailable(set, { connections: 1, tokens: 80 }));
  });

  it('that waits for its limits heartbeats, and can be cancelled', async () => {
    const set = shared(1);
    const waits = randomUUID();
    await inWorker(set, { work: limited(() => 'done', { requested: () => ({ tokens: 1 }) }) }, async () => {
      const holder = await set.acquire({ requested: { tokens: 1 } });
      const worker = await Worker.create({
        connection: temporal.native,
        namespace: temporal.server.namespace,
        taskQueue: waits,
        activities: { work: limited(() => 'done', { requested: () => ({ tokens: 1 }) }) },
        workflowsPath: require.resolve('../support/workflows'),
        plugins: [new LimitsPlugin({ limits: set, limiterBundle: await workflowCode() })],
      });
      await worker.runUntil(async () => {
        const handle = await temporal.client.workflow.start<typeof runActivity>('runActivity', {
          taskQueue: waits,
          workflowId: waits,
          args: ['work', [], { startToCloseTimeout: '1m', heartbeatTimeout: '1s', retry: { maximumAttempts: 1 } }],
        });
        await until('the activity that waits has sent a heartbeat', async () => {
          const { raw } = await handle.describe();
          return raw.pendingActivities?.[0]?.lastHeartbeatTime !== undefined;
        });
        await handle.cancel();
        const error: unknown = await handle.result().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(WorkflowFailedError);
        expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
      });
      holder.update({ usage: { tokens: 1 } });
      await holder.release();
    });
  });

  it('that fails frees what it held, and its own error travels', async () => {
    const set = shared(1);
    const activities = {
      fail: limited(
        () => {
          throw new Error(`attempt ${String(Context.current().info.attempt)}`);
        },
        { requested: () => ({ tokens: 1 }) },
      ),
    };
    await inWorker(set, activities, async (run) => {
      const error: unknown = await run('fail').catch((reason: unknown) => reason);
      expect(error).toMatchObject({ cause: { cause: { message: 'attempt 1' } } });
      await untilAvailable(set, { connections: 1 });
    });
  });
});
