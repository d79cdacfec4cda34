import { randomUUID } from 'node:crypto';
import { ResourceLimit } from '../../src/index';
import { LIMITER_TASK_QUEUE, LIMITER_WORKFLOW, limiterId } from '../../src/workflows/limiter/protocol';
import { failedTasks, limiterStats } from '../support/limiter-runs';
import { ILLEGIBLE, rawPayload, signalRaw } from '../support/raw-signals';
import { TemporalForTests } from '../support/temporal';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.host();
});

afterAll(() => temporal.stop());

/** The largest text that the server takes as a payload. */
const LARGEST = 'x'.repeat(1_900_000);

/** A limiter that an honest process uses. */
async function limiterOf(name: string) {
  const options = { name, limits: [new ResourceLimit({ key: 'connections', capacity: 1 })] };
  const set = temporal.set(options);
  await set.use({}, () => undefined);
  const serves = async (): Promise<void> => {
    await temporal.set(options).use({}, () => undefined);
    await set.use({}, () => undefined);
  };
  const refused = async (): Promise<number> => (await limiterStats(temporal.client, name)).counters.refused;
  return { id: limiterId(name), serves, refused };
}

describe('a limiter serves on, having refused', () => {
  it('signals whose payload nobody can read', async () => {
    const { id, serves, refused } = await limiterOf(randomUUID());
    for (const payload of ILLEGIBLE) await signalRaw(temporal.client, id, 'limits.sync', [payload]);
    await serves();
    expect(await refused()).toBe(ILLEGIBLE.length);
    for (const payload of ILLEGIBLE) await signalRaw(temporal.client, id, 'limits.ended', [payload]);
    await serves();
  });

  it('signals without arguments, with too many, or with the largest', async () => {
    const { id, serves, refused } = await limiterOf(randomUUID());
    const large = rawPayload('json/plain', JSON.stringify(LARGEST));
    for (const name of ['limits.sync', 'limits.ended']) {
      await signalRaw(temporal.client, id, name, []);
      await signalRaw(
        temporal.client,
        id,
        name,
        Array.from({ length: 100 }, () => rawPayload('json/plain', '{}')),
      );
      await signalRaw(temporal.client, id, name, [large]);
    }
    await serves();
    expect(await refused()).toBe(3);
  });

  it('signals and queries that it does not know', async () => {
    const { id, serves } = await limiterOf(randomUUID());
    const unknown = ['limits.push', 'limits.', '__proto__', 'constructor', '__temporal_x', 'x'.repeat(900)];
    for (const signal of unknown) await signalRaw(temporal.client, id, signal, ILLEGIBLE.slice(0, 1));
    const handle = temporal.client.workflow.getHandle(id);
    await expect(handle.query('__proto__')).rejects.toThrow();
    for (const client of [undefined, null, '__proto__', 'constructor', {}, LARGEST]) {
      expect(await handle.query('limits.lease', client)).toBeNull();
    }
    await serves();
  });

  it('queries for stats as of no moment', async () => {
    const name = randomUUID();
    const { id, serves } = await limiterOf(name);
    const handle = temporal.client.workflow.getHandle(id);
    for (const now of [undefined, null, 'now', {}, -1, 1e308]) {
      const { limits } = await handle.query<{ limits: object }, unknown[]>('limits.stats', now);
      expect(limits).toMatchObject({ connections: { capacity: 1 } });
    }
    await serves();
  });
});

describe('a limiter that somebody started with', () => {
  it.each([
    ['nothing', []],
    ['no definition', [{}]],
    ['a definition of nonsense', [{ definition: { version: 1, limits: [{}], timing: {} } }]],
    ['a definition that cannot be read', undefined],
  ])('%s makes way for one that makes sense', async (_what, args) => {
    const name = randomUUID();
    const start = { workflowId: limiterId(name), taskQueue: LIMITER_TASK_QUEUE };
    if (args !== undefined) await temporal.client.workflow.start(LIMITER_WORKFLOW, { ...start, args });
    else {
      await temporal.client.workflowService.startWorkflowExecution({
        namespace: temporal.server.namespace,
        workflowId: start.workflowId,
        workflowType: { name: LIMITER_WORKFLOW },
        taskQueue: { name: start.taskQueue },
        input: { payloads: [ILLEGIBLE[0]!] },
        requestId: randomUUID(),
      });
    }
    const { serves } = await limiterOf(name);
    await serves();
  });
});

it('no workflow task has failed', async () => {
  expect(await failedTasks(temporal.client)).toEqual([]);
});
