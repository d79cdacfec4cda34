import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { Runtime, Worker } from '@temporalio/worker';
import { StrictCount } from '../../simulator/provider/strict-count';
import { withLegiblePayloads } from '../../src/activities/plugin/data-converter';
import type { Host } from '../../src/activities/plugin/hosts';
import { LimitsPlugin } from '../../src/activities/index';
import { CallLimit, type LimitSet, ResourceLimit } from '../../src/index';
import { checkSetOptions } from '../../src/client/sets/limit-set-options';
import {
  LIMITER_TASK_QUEUE,
  LIMITER_WORKFLOW,
  limiterId,
  limiterStart,
  statsQuery,
} from '../../src/workflows/limiter/protocol';
import { EncryptingCodec } from '../support/encrypting-codec';
import { runsOf } from '../support/limiter-runs';
import type * as workflows from '../support/secret-workflows';
import { workflowCode } from '../../src/activities/plugin/workflow-code';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

const ENCRYPTED_QUEUE = 'temporal-limits:binary/encrypted';
const dataConverter = { payloadCodecs: [new EncryptingCodec()] };

let temporal: TemporalForTests;
/** One with the codec, one without. */
let hosts: Host[];
/** Of a client with the codec. */
let client: Client;

// two hosts of one namespace: one with the codec, one without
beforeAll(async () => {
  temporal = await TemporalForTests.start();
  client = new Client({ connection: temporal.connection, namespace: temporal.server.namespace, dataConverter });
  hosts = [await temporal.host(true, dataConverter), await temporal.host()];
});

afterEach(() => temporal.closeSets());
afterAll(() => temporal.stop());

const taskQueueOf = async (name: string): Promise<string> =>
  (await temporal.client.workflow.getHandle(limiterId(name)).describe()).taskQueue;

/** What a limiter that was told to run for so many events at most starts with. */
function startOf(name: string, limit: CallLimit, taskQueue: string, maxEvents: number) {
  const { definition } = checkSetOptions({ name, mode: 'temporal', limits: [limit] });
  return { ...limiterStart(name, definition, taskQueue), args: [{ definition, maxEvents }] };
}

it('a limiter whose runs are short stays within its limit beside a host that cannot read it', async () => {
  const name = randomUUID();
  const limit = new CallLimit({ windowSeconds: 3, capacity: 20 });
  await client.workflow.start(LIMITER_WORKFLOW, startOf(name, limit, ENCRYPTED_QUEUE, 60));
  const sets = [1, 2, 3].map(() => temporal.set({ name, limits: [limit] }, { dataConverter }));
  const { definition } = checkSetOptions({ name, mode: 'temporal', limits: [limit] });
  const count = new StrictCount(definition.limits[0]!);
  const endsAt = Date.now() + 60_000;
  const work = async (set: LimitSet): Promise<void> => {
    while (Date.now() < endsAt) {
      await set.use({}, async () => {
        count.arrive(Date.now(), 1);
        await sleep(5);
      });
    }
  };
  await Promise.all(sets.flatMap((set) => [work(set), work(set)]));
  expect(count.worstExcess()).toBeLessThanOrEqual(0);
  expect(count.total).toBeGreaterThan(100);
  expect((await runsOf(temporal.client, name)).length).toBeGreaterThan(2);
});

it('a client that encodes otherwise than the limiter is told so, and takes nothing', async () => {
  for (const [first, second] of [
    [{ dataConverter }, {}],
    [{}, { dataConverter }],
  ]) {
    const options = { name: randomUUID(), limits: [new ResourceLimit({ key: 'connections', capacity: 1 })] };
    await temporal.set(options, first).use({}, () => undefined);
    const refused = temporal.set(options, second).acquire({ timeout: '20s' });
    await expect(refused).rejects.toMatchObject({
      name: 'LimiterUnavailableError',
      message: expect.stringContaining('the same data converter') as unknown,
    });
    await temporal.set(options, first).use({ timeout: '10s' }, () => undefined);
  }
});

it('a workflow starts its limiter where hosts read what its worker writes', async () => {
  const [name, taskQueue] = [randomUUID(), randomUUID()];
  const worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue,
    dataConverter,
    activities: { pause: () => undefined },
    workflowsPath: require.resolve('../support/secret-workflows'),
    plugins: [new LimitsPlugin()],
  });
  const limits = [{ kind: 'resource', key: 'connections', capacity: 1 }] as const;
  const held = await worker.runUntil(
    client.workflow.execute<typeof workflows.hold>('hold', {
      taskQueue,
      workflowId: randomUUID(),
      args: [{ name, limits }, {}, 10],
    }),
  );
  expect(held).toMatchObject({ fencingToken: expect.any(Number) as unknown });
  expect(await taskQueueOf(name)).toBe(ENCRYPTED_QUEUE);
});

it('a limiter that a host cannot read keeps its run, is named in the log once, and continues at a host that can', async () => {
  const warn = jest.spyOn(Runtime.instance().logger, 'warn');
  const name = randomUUID();
  const limit = new CallLimit({ windowSeconds: 60, capacity: 20 });
  // as a worker without the plugin starts it
  const handle = await client.workflow.start(LIMITER_WORKFLOW, startOf(name, limit, LIMITER_TASK_QUEUE, 60));
  const failures = async (): Promise<(string | null | undefined)[]> => {
    const { events } = await handle.fetchHistory();
    return (events ?? []).flatMap((event) => event.workflowTaskFailedEventAttributes?.failure?.message ?? []);
  };
  await until('the task has failed', async () => (await failures()).length > 0);
  expect((await failures())[0]).toContain('cannot read the limiter\'s state: it is encoded as "binary/encrypted"');
  await sleep(2_000);
  expect((await handle.describe()).status.name).toBe('RUNNING');
  const said = warn.mock.calls.map(([message]) => message).filter((message) => message.includes(name));
  expect(said).toEqual([
    expect.stringMatching(/^Host .+ on temporal-limits: cannot read .+ the same data converter, and the plugin .+\.$/),
  ]);
  warn.mockRestore();
  // the one with the codec serves plain limiters too
  for (const host of hosts) await host.stop();
  const right = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue: LIMITER_TASK_QUEUE,
    workflowBundle: await workflowCode(),
    dataConverter: withLegiblePayloads(dataConverter),
  });
  await right.runUntil(
    until('a host that can read it answers', () =>
      handle.query(statsQuery, Date.now()).then(
        ({ limits }) => limits[limit.key]?.capacity === 20,
        (error: unknown) => String(error),
      ),
    ),
  );
  expect((await runsOf(temporal.client, name)).length).toBe(1);
  await handle.terminate();
});
