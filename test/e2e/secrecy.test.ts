import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { Client, type ClientOptions } from '@temporalio/client';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { currentAcquisition, limited, LimitsPlugin } from '../../src/activities/index';
import { CallLimit, LimitPool, LimitSet, RateLimit, ResourceLimit } from '../../src/index';
import { EncryptingCodec } from '../support/encrypting-codec';
import { everythingStored } from '../support/everything-stored';
import { failedTasks } from '../support/limiter-runs';
import { ILLEGIBLE, signalRaw } from '../support/raw-signals';
import type * as workflows from '../support/secret-workflows';
import { workflowCode } from '../../src/activities/plugin/workflow-code';
import { TemporalForTests } from '../support/temporal';

const API_KEY = 'sk-the-key-of-the-provider';
const PROMPT = 'the quick brown secret of the prompt';
const LIMIT = 'tokens_of_the_secret_project';

let temporal: TemporalForTests;
let client: Client;

/** A server of its own for each test: all that it stores is of that test. */
async function start(options: ClientOptions = {}): Promise<void> {
  temporal = await TemporalForTests.start();
  client = new Client({ connection: temporal.connection, namespace: temporal.server.namespace, ...options });
}

afterEach(() => temporal.stop());

const limits = [
  new CallLimit({ windowSeconds: 60, capacity: 100 }),
  new RateLimit({ key: LIMIT, windowSeconds: 60, capacity: 100, algorithm: 'TokenBucket' }),
  new ResourceLimit({ key: 'connections', capacity: 3 }),
];
const config = { apiKey: API_KEY, nested: { token: `Bearer ${API_KEY}` } };

/** A worker whose activities and workflows acquire from one set; gone when the body has run. */
async function atWork(
  set: LimitSet,
  options: Pick<WorkerOptions, 'dataConverter'>,
  body: (taskQueue: string) => Promise<void>,
): Promise<void> {
  const taskQueue = randomUUID();
  const complete = async (prompt: string): Promise<number> => {
    const { config: seen } = currentAcquisition() ?? {};
    if (seen?.['apiKey'] !== API_KEY) throw new Error('an activity needs its key');
    if (prompt === 'fail') throw new Error('failed');
    return prompt.length;
  };
  const worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue,
    ...options,
    activities: { complete: limited(complete, { requested: () => ({ [LIMIT]: 5 }) }), pause: () => undefined },
    workflowsPath: require.resolve('../support/secret-workflows'),
    plugins: [new LimitsPlugin({ limits: new LimitPool({ limitSets: [set] }), limiterBundle: await workflowCode() })],
  });
  await worker.runUntil(body(taskQueue));
}

const runActivity = (taskQueue: string, prompt: string): Promise<unknown> =>
  client.workflow.execute<typeof workflows.runActivity>('runActivity', {
    taskQueue,
    workflowId: randomUUID(),
    args: ['complete', [prompt], { startToCloseTimeout: '1m', retry: { maximumAttempts: 1 } }],
  });

it('the config of a set, with its keys, is in no history, stats, error or log', async () => {
  await start();
  const set = new LimitSet({ name: randomUUID(), mode: 'temporal', client, limits, config });
  const output = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write'));
  const shown: unknown[] = [set, new LimitPool({ limitSets: [set] })];
  await atWork(set, {}, async (taskQueue) => {
    expect(await runActivity(taskQueue, 'a prompt')).toBe(8);
    shown.push(await runActivity(taskQueue, 'fail').catch((error: unknown) => error));
    const slot = await set.acquire({ requested: { [LIMIT]: 1, connections: 3 } });
    shown.push(slot, await set.getStats(), set.get(LIMIT), slot.signal);
    const mistakes = [
      () => set.acquire({ requested: { unknown: 1 } as object }),
      () => set.acquire({ requested: { [LIMIT]: 101 } }),
      () => set.acquire({ requested: { [LIMIT]: -1 } }),
      () => set.acquire({ requested: { [LIMIT]: 1 }, timeout: 50 }),
      () => set.use({ requested: { [LIMIT]: 1 }, timeout: '1s', priority: NaN }, () => 1),
      () => slot.release(),
      async () => slot.update({ usage: { [LIMIT]: 1 } }),
      async () => new LimitSet({ name: set.name, mode: 'temporal', client, limits: [], config }),
      async () => new LimitSet({ limits, config: { ...config, bad: () => API_KEY } }),
    ];
    for (const mistake of mistakes) {
      const error = await mistake().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(Error);
      shown.push(error);
    }
    await set.close();
  });
  const written = output.flatMap((spy) => spy.mock.calls.map(([text]) => String(text)));
  for (const spy of output) spy.mockRestore();
  const stored = await everythingStored(client);
  const seen = [stored, inspect(shown, { depth: 9, showHidden: true }), ...written].join('\n');
  expect(stored).toContain(LIMIT);
  expect(seen).not.toContain(API_KEY);
});

it('with a payload codec everything works, and nothing legible is stored', async () => {
  const dataConverter = { payloadCodecs: [new EncryptingCodec()] };
  await start({ dataConverter });
  const name = randomUUID();
  const set = new LimitSet({ name, mode: 'temporal', client, limits, config });
  await atWork(set, { dataConverter }, async (taskQueue) => {
    expect(await runActivity(taskQueue, PROMPT)).toBe(PROMPT.length);
    // what no codec has written neither stops a limiter
    for (const payload of ILLEGIBLE) await signalRaw(client, `limits:${name}`, 'limits.sync', [payload]);
    const all = { requested: { [LIMIT]: 1, connections: 3 } };
    const slot = await set.acquire(all);
    const { limits: definitions } = set.toJSON();
    const run = await client.workflow.start<typeof workflows.hold>('hold', {
      taskQueue,
      workflowId: randomUUID(),
      args: [{ name, limits: definitions }, { requested: { [LIMIT]: 2 } }, 10],
    });
    slot.update({ usage: { [LIMIT]: 1 } });
    await slot.release();
    expect(await run.result()).toMatchObject({ fencingToken: expect.any(Number) });
    await set.close();
  });
  const stored = await everythingStored(client);
  expect(stored).toContain('binary/encrypted');
  expect(stored).toContain(`limits:${name}`);
  const words = [API_KEY, PROMPT, LIMIT, 'connections', 'windowMs', 'holdingMs', 'fence'];
  expect(words.filter((word) => stored.includes(word))).toEqual([]);
  expect(await failedTasks(client)).toEqual([]);
});
