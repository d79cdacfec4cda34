import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { currentAcquisition, LimitsPlugin, limited } from '../../src/activities/index';
import { LimitSet, ResourceLimit } from '../../src/index';
import { defaultClient } from '../../src/client/link/environment';
import { limiterId } from '../../src/workflows/limiter/protocol';
import { EncryptingCodec } from '../support/encrypting-codec';
import { workflowCode } from '../../src/activities/plugin/workflow-code';
import { TemporalForTests } from '../support/temporal';
import type { runActivity } from '../support/workflows';

let temporal: TemporalForTests;
const before = process.env;

// no other worker hosts limiters here
beforeAll(async () => {
  temporal = await TemporalForTests.start();
  const { address, namespace } = temporal.server;
  process.env = { ...before, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
});

afterAll(async () => {
  await (await defaultClient()).connection.close();
  process.env = before;
  await temporal.stop();
});

it('a worker with a codec serves a set without a client, whose messages are plain, and says so', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const [name, taskQueue] = [randomUUID(), randomUUID()];
  const dataConverter = { payloadCodecs: [new EncryptingCodec()] };
  const set = new LimitSet({
    name,
    mode: 'temporal',
    limits: [new ResourceLimit({ key: 'connections', capacity: 1 })],
  });
  const worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue,
    dataConverter,
    activities: { token: limited(() => currentAcquisition()?.fencingToken) },
    workflowsPath: require.resolve('../support/workflows'),
    plugins: [new LimitsPlugin({ limits: set, limiterBundle: await workflowCode() })],
  });
  const client = new Client({ connection: temporal.connection, namespace: temporal.server.namespace, dataConverter });
  const run = (): Promise<unknown> =>
    client.workflow.execute<typeof runActivity>('runActivity', {
      taskQueue,
      workflowId: randomUUID(),
      args: ['token', [], { startToCloseTimeout: '1m', retry: { maximumAttempts: 1 } }],
    });
  const tokens = await worker.runUntil(async () => [await run(), await run()]);
  expect(tokens).toEqual([expect.any(Number), expect.any(Number)]);
  const { taskQueue: queue } = await client.workflow.getHandle(limiterId(name)).describe();
  expect(queue).toBe('temporal-limits');
  expect(warn).toHaveBeenCalledWith(
    expect.stringContaining(`send plain JSON, because they have no client: ${JSON.stringify(name)}. Pass \`client\``),
    'LimitsWarning',
  );
  await set.close();
});
