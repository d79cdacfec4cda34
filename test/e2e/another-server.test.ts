import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { LimitsPlugin, limited } from '../../src/activities/index';
import { CallLimit, LimiterUnavailableError, LimitSet } from '../../src/index';
import { defaultClient } from '../../src/client/link/environment';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

let temporal: TemporalForTests;
const before = process.env;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  // nobody listens there
  process.env = { ...before, TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_NAMESPACE: 'default' };
});

afterAll(async () => {
  await (await defaultClient()).connection.close();
  process.env = before;
  await temporal.stop();
});

it('is named where a worker has a connection of its own, and its limits go where the environment says', async () => {
  const warnings: string[] = [];
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation((text) => void warnings.push(String(text)));
  const set = new LimitSet({
    name: randomUUID(),
    mode: 'temporal',
    limits: [new CallLimit({ windowSeconds: 1, capacity: 1 })],
  });
  const worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue: randomUUID(),
    activities: { nothing: limited(() => undefined) },
    plugins: [new LimitsPlugin({ limits: set, hostLimiter: false })],
  });
  const place = (text: string): boolean => text.includes(`${JSON.stringify(set.name)} in "default" at 127.0.0.1:1`);
  await worker.runUntil(async () => {
    // it would not hear of an end before it runs
    await until('the worker runs', () => worker.getState() === 'RUNNING');
    await until('the worker warns', () => warnings.some(place));
  });
  const unavailable = set.getStats();
  await expect(unavailable).rejects.toThrow(LimiterUnavailableError);
  await expect(unavailable).rejects.toThrow('Temporal at 127.0.0.1:1 cannot be reached');
  warn.mockRestore();
  await set.close();
});
