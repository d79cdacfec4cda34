import { randomUUID } from 'node:crypto';
import { Client, Connection, defaultPayloadConverter } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { limited, LimitsPlugin } from '../../src/activities/index';
import { LimitSet, ResourceLimit } from '../../src/index';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';
import type { runActivity } from '../support/workflows';

let temporal: TemporalForTests;
let warn: jest.SpyInstance;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
});

beforeEach(() => {
  warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
});

afterEach(async () => {
  await temporal.closeSets();
  warn.mockRestore();
});

afterAll(() => temporal.stop());

const limits = [new ResourceLimit({ key: 'connections', capacity: 1 })];
const warnings = (): string[] => warn.mock.calls.map(([message]) => String(message));
const unhosted = (): string =>
  `no worker hosts the limiter: none polls the task queue "temporal-limits" in namespace "${temporal.server.namespace}" at ` +
  `${temporal.server.address}. Start a worker with LimitsPlugin there`;

/** What an acquisition says that waits in vain. */
async function obstacleOf(set: LimitSet): Promise<string | undefined> {
  const error: unknown = await set.acquire({ timeout: '4s' }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'AcquireTimeoutError' });
  expect((await set.tryAcquire()).successful).toBe(false);
  return (error as { obstacle?: string }).obstacle;
}

it('a namespace that is missing is named', async () => {
  const set = temporal.set({ name: randomUUID(), limits }, { namespace: 'missing' });
  expect(await obstacleOf(set)).toBe(
    `Temporal at ${temporal.server.address} has no namespace "missing". Create it, or correct TEMPORAL_NAMESPACE or the ` +
      "client's namespace",
  );
});

it('a server that is not there is named', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1', interceptors: [] });
  const set = new LimitSet({ name: randomUUID(), mode: 'temporal', limits, client: new Client({ connection }) });
  try {
    expect(await obstacleOf(set)).toBe(
      "Temporal at 127.0.0.1:1 cannot be reached. Start it, or correct TEMPORAL_ADDRESS or the client's address",
    );
  } finally {
    await set.close();
    await connection.close();
  }
});

it('a limiter that nobody hosts is named: in the error, in the heartbeats, and in one warning until it is over', async () => {
  const set = temporal.set({ name: randomUUID(), limits });
  expect(await obstacleOf(set)).toBe(unhosted());
  const taskQueue = randomUUID();
  const worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue,
    activities: { work: limited(() => 'done') },
    workflowsPath: require.resolve('../support/workflows'),
    plugins: [new LimitsPlugin({ limits: set, hostLimiter: false })],
  });
  await worker.runUntil(async () => {
    const handle = await temporal.client.workflow.start<typeof runActivity>('runActivity', {
      taskQueue,
      workflowId: taskQueue,
      args: ['work', [], { startToCloseTimeout: '2m', heartbeatTimeout: '10s', retry: { maximumAttempts: 1 } }],
    });
    await until('the heartbeat says why it waits', async () => {
      const { raw } = await handle.describe();
      const [details] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
      const told = details && defaultPayloadConverter.fromPayload<{ waitingForLimits?: string }>(details);
      return told?.waitingForLimits === unhosted() || JSON.stringify(told);
    });
    await until('a warning says so, too', () => warnings().some((message) => message.includes(unhosted())));
    await temporal.host();
    expect(await handle.result()).toBe('done');
  });
  const name = JSON.stringify(set.name);
  expect(warnings().filter((message) => message.startsWith('Acquisitions of'))).toEqual([
    `Acquisitions of ${name} wait: ${unhosted()}`,
    `Acquisitions of ${name} continue: its limiter answers again`,
  ]);
});
