import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { limited, LimitsPlugin } from '../../src/activities/index';
import { LimitSet, RateLimit } from '../../src/index';
import { MISTAKES, type mistake, type runActivity } from '../support/mistaken-workflows';
import { TemporalForTests } from '../support/temporal';

const TASK_QUEUE = 'mistakes';

/** How often the provider was paid. */
let calls = 0;
const pay = (): number => (calls += 1);

let temporal: TemporalForTests;
let worker: Worker;
let ended: Promise<void>;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue: TASK_QUEUE,
    workflowsPath: require.resolve('../support/mistaken-workflows'),
    activities: {
      forgetUsage: limited(pay, { requested: () => ({ tokens: 1 }), usage: () => ({}) }),
      askTooMuch: limited(pay, { requested: () => ({ tokens: 11 }) }),
    },
    plugins: [
      new LimitsPlugin({
        limits: new LimitSet({ limits: [new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 10 })] }),
      }),
    ],
  });
  ended = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await ended;
  await temporal.stop();
});

test.each(MISTAKES)('in workflow code fails the workflow, rather than its task for ever: %s', async (which) => {
  const run = temporal.client.workflow.execute<typeof mistake>('mistake', {
    taskQueue: TASK_QUEUE,
    workflowId: randomUUID(),
    workflowExecutionTimeout: '20s',
    args: [which],
  });
  await expect(run).rejects.toMatchObject({ cause: { type: 'InvalidLimitError', nonRetryable: true } });
});

const runLimited = (activity: string): Promise<unknown> =>
  temporal.client.workflow.execute<typeof runActivity>('runActivity', {
    taskQueue: TASK_QUEUE,
    workflowId: randomUUID(),
    workflowExecutionTimeout: '20s',
    args: [activity, [], { startToCloseTimeout: '1m' }],
  });

it("of a limited activity ends it under Temporal's own retry policy", async () => {
  calls = 0;
  await expect(runLimited('askTooMuch')).rejects.toMatchObject({
    cause: {
      retryState: 'NON_RETRYABLE_FAILURE',
      cause: { type: 'RequestExceedsCapacityError', nonRetryable: true },
    },
  });
  expect(calls).toBe(0);
});

it('of a limited activity that forgets its usage keeps the answer, which was paid for', async () => {
  calls = 0;
  await expect(runLimited('forgetUsage')).resolves.toBe(1);
  expect(calls).toBe(1);
});
