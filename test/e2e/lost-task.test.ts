import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { UNINTERRUPTED } from '../../src/activities/plugin/uninterrupted';
import { checkSetOptions } from '../../src/client/sets/limit-set-options';
import { ResourceLimit } from '../../src/index';
import { LIMITER_TASK_QUEUE, LIMITER_WORKFLOW, limiterId } from '../../src/workflows/limiter/protocol';
import { runsOf } from '../support/limiter-runs';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
});

afterAll(async () => {
  await temporal.closeSets();
  await temporal.stop();
});

/** Takes the next task of a limiter as the workers that run limiters does, and dies with it. */
async function loseTask(): Promise<string | undefined> {
  const { client } = temporal;
  const { workflowExecution } = await client.withDeadline(Date.now() + 60_000, () =>
    client.workflowService.pollWorkflowTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: LIMITER_TASK_QUEUE },
      identity: 'killed',
    }),
  );
  return workflowExecution?.workflowId ?? undefined;
}

/** How long the server waits for a task of the limiter's newest run, and what has become of its tasks. */
async function tasksOf(limiter: string): Promise<{ seconds: number; timedOut: number }> {
  const { events } = await temporal.client.workflow.getHandle(limiter).fetchHistory();
  const { workflowTaskTimeout } = events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
  const lost = events?.filter(({ workflowTaskTimedOutEventAttributes: attributes }) => attributes) ?? [];
  return { seconds: Number(workflowTaskTimeout?.seconds), timedOut: lost.length };
}

it('a limiter whose process dies in the middle of a task continues 5 s later', async () => {
  const name = randomUUID();
  const set = temporal.set({ name, limits: [new ResourceLimit({ key: 'connections', capacity: 1 })] });
  const acquiring = set.acquire();
  expect(await loseTask()).toBe(limiterId(name));
  const host = await temporal.host();
  await (await acquiring).release();
  await host.stop();
  expect(await tasksOf(limiterId(name))).toEqual({ seconds: 5, timedOut: 1 });
});

it('one that an earlier release has started does so from its next run on', async () => {
  const name = randomUUID();
  const options = { name, limits: [new ResourceLimit({ key: 'connections', capacity: 1 })] };
  await temporal.client.workflow.start(LIMITER_WORKFLOW, {
    workflowId: limiterId(name),
    taskQueue: LIMITER_TASK_QUEUE,
    args: [{ definition: checkSetOptions({ ...options, mode: 'temporal' }).definition, maxEvents: 50 }],
  });
  expect(await tasksOf(limiterId(name))).toEqual({ seconds: 10, timedOut: 0 });
  const host = await temporal.host();
  const sets = [temporal.set(options), temporal.set(options)];
  await until('the second run', async () => {
    await Promise.all(sets.map((set) => set.use({}, () => undefined)));
    return (await runsOf(temporal.client, name)).length > 1;
  });
  await host.stop();
  expect(await tasksOf(limiterId(name))).toMatchObject({ seconds: 5 });
});

it('a workflow whose process gets no processor for 6 s goes on, and so does the process', async () => {
  const taskQueue = randomUUID();
  const worker = await Worker.create({
    ...{ connection: temporal.native, namespace: temporal.server.namespace, taskQueue },
    workflowsPath: require.resolve('../support/standing-workflows'),
    ...UNINTERRUPTED,
  });
  const { workflow } = temporal.client;
  const options = { taskQueue, workflowId: 'stands', args: [6_000], workflowTaskTimeout: '2m' } as const;
  await worker.runUntil(() => workflow.execute('standStill', options));
  const { events } = await workflow.getHandle('stands').fetchHistory();
  expect(events?.filter(({ workflowTaskFailedEventAttributes: failed }) => failed)).toEqual([]);
});
