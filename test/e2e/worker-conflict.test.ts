import { randomUUID } from 'node:crypto';
import { Client, type WorkflowFailedError } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { limited, LimitsPlugin } from '../../src/activities/index';
import type { Host } from '../../src/activities/plugin/hosts';
import { LimitTemplate, ResourceLimit } from '../../src/index';
import { limiterId } from '../../src/workflows/limiter/protocol';
import type { hold } from '../support/slot-workflows';
import { workflowCode } from '../../src/activities/plugin/workflow-code';
import { TemporalForTests } from '../support/temporal';
import type { runActivity } from '../support/workflows';

let temporal: TemporalForTests;
let host: Host;
let name: string;
const started = jest.fn();

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  host = await temporal.host();
});

beforeEach(async () => {
  started.mockClear();
  name = randomUUID();
  const set = temporal.set({ name, limits: [new ResourceLimit({ key: 'connections', capacity: 4 })] });
  await (await set.acquire()).release();
});

afterEach(() => temporal.closeSets());

afterAll(() => temporal.stop());

/** A worker whose set of that name has this capacity, beside a healthy set. */
async function aWorker(capacity: number, hostLimiter = true, connection = temporal.native): Promise<Worker> {
  const limit = new ResourceLimit({ key: 'connections', capacity });
  const sets = [temporal.set({ name: randomUUID(), limits: [limit] }), temporal.set({ name, limits: [limit] })];
  return Worker.create({
    connection,
    namespace: temporal.server.namespace,
    taskQueue: name,
    activities: { work: limited(started), idle: () => 'idle' },
    workflowsPath: require.resolve('../support/workflows'),
    plugins: [new LimitsPlugin({ limits: sets, hostLimiter, limiterBundle: await workflowCode() })],
  });
}

/** Its activities begin. */
async function expectToRun(worker: Worker): Promise<void> {
  await worker.runUntil(
    temporal.client.workflow.execute<typeof runActivity>('runActivity', {
      taskQueue: name,
      workflowId: randomUUID(),
      args: ['idle', [], { startToCloseTimeout: '1m' }],
    }),
  );
}

const said =
  'is defined differently under the same version: capacity of "connections" is 7 here, but 4 where it runs. ' +
  'Give the newer definition a higher version';

it('a worker whose set runs with another capacity stops before an activity begins, and its activities are retried elsewhere', async () => {
  const work = await temporal.client.workflow.start<typeof runActivity>('runActivity', {
    taskQueue: name,
    workflowId: name,
    args: ['work', [], { startToCloseTimeout: '1m' }],
  });
  const connection = await NativeConnection.connect({ address: temporal.server.address });
  const worker = await aWorker(7, true, connection);
  await expect(worker.run()).rejects.toMatchObject({
    name: 'DefinitionConflictError',
    message: expect.stringContaining(said),
  });
  // what it had open is free, so that a `finally` of the user's does not hide the error behind one of its own
  await connection.close();
  expect(started).not.toHaveBeenCalled();
  // and whoever has the right limits does the work
  const other = await aWorker(4);
  await other.runUntil(work.result());
  expect(started).toHaveBeenCalledTimes(1);
});

it('a set of a template is compared when an activity is the first to use it: that worker stops, and another does the work', async () => {
  const template = (capacity: number): LimitTemplate =>
    new LimitTemplate({
      name,
      limits: [new ResourceLimit({ key: 'connections', capacity })],
      mode: 'temporal',
      // as in a process of its own
      client: new Client({ connection: temporal.connection, namespace: temporal.server.namespace }),
    });
  const [running, wrong] = [template(4), template(7)];
  await (await running.for('acme').acquire()).release();
  const aWorkerOf = async (perCustomer: LimitTemplate): Promise<Worker> =>
    Worker.create({
      connection: temporal.native,
      namespace: temporal.server.namespace,
      taskQueue: name,
      // a rule about the call says nothing of its limits
      activities: {
        work: limited(started, { limits: () => perCustomer.for('acme'), retry: { numRetries: 1, retryOn: [] } }),
      },
      workflowsPath: require.resolve('../support/workflows'),
      plugins: [new LimitsPlugin({ limiterBundle: await workflowCode() })],
    });
  const work = await temporal.client.workflow.start<typeof runActivity>('runActivity', {
    taskQueue: name,
    workflowId: name,
    args: ['work', [], { startToCloseTimeout: '1m' }],
  });
  const worker = await aWorkerOf(wrong);
  await expect(worker.run()).rejects.toMatchObject({
    name: 'DefinitionConflictError',
    message: expect.stringContaining(said),
  });
  expect(started).not.toHaveBeenCalled();
  const other = await aWorkerOf(running);
  await other.runUntil(work.result());
  expect(started).toHaveBeenCalledTimes(1);
  await Promise.all([running.close(), wrong.close()]);
});

it('a workflow that meets the conflict says the same', async () => {
  const taskQueue = randomUUID();
  const worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue,
    workflowsPath: require.resolve('../support/slot-workflows'),
  });
  const limits = [{ kind: 'resource', key: 'connections', capacity: 7 }] as const;
  const run = temporal.client.workflow.execute<typeof hold>('hold', {
    taskQueue,
    workflowId: taskQueue,
    args: [{ name, limits }, {}, 0],
  });
  const error = await worker.runUntil(run.catch((reason: unknown) => reason as WorkflowFailedError));
  expect(error).toMatchObject({ cause: { type: 'DefinitionConflictError', message: expect.stringContaining(said) } });
});

it('a limiter that was terminated is no conflict', async () => {
  // whoever is left would start it again
  await temporal.closeSets();
  await temporal.client.workflow.getHandle(limiterId(name)).terminate();
  const worker = await aWorker(7);
  await expectToRun(worker);
});

it('a limiter that does not answer stops no worker, and one warning names it', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
  await host.stop();
  try {
    const worker = await aWorker(7, false);
    await expectToRun(worker);
    expect(warn.mock.calls).toEqual([[expect.stringContaining(`did not answer: "${name}".`), 'LimitsWarning']]);
  } finally {
    warn.mockRestore();
    host = await temporal.host();
  }
});
