import { randomUUID } from 'node:crypto';
import { RateLimit, ResourceLimit, type Limit, type LimitSet } from '../../src/index';
import { failedTasks } from '../support/limiter-runs';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';
import { untilAvailable } from '../support/until-available';

let temporal: TemporalForTests;
let name: string;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.host();
});

beforeEach(() => {
  name = randomUUID();
});

afterEach(() => temporal.closeSets());

afterAll(() => temporal.stop());

const connections = (capacity: number): Limit => new ResourceLimit({ key: 'connections', capacity });
const slots = new ResourceLimit({ key: 'slots', capacity: 1 });
const tokens = new RateLimit({ key: 'tokens', windowSeconds: 3600, capacity: 100 });

/** A process that starts with this definition. */
const defined = (version: number, ...limits: Limit[]): LimitSet => temporal.set({ name, version, limits });

/** A process that has been at work with this definition. */
async function running(version: number, ...limits: Limit[]): Promise<LimitSet> {
  const set = defined(version, ...limits);
  await (await set.acquire({ requested: { connections: 1 } })).release();
  return set;
}

const keysOf = async (set: LimitSet): Promise<string[]> => Object.keys((await set.getStats()).limits);

describe('a higher version', () => {
  it('is applied to processes that run, and what waited there gets the new capacity', async () => {
    const old = await running(1, connections(1));
    const holder = await old.acquire();
    const waiting = old.acquire();
    const newer = defined(2, connections(3));
    const slot = await newer.acquire();
    expect((await waiting).successful).toBe(true);
    expect((await newer.tryAcquire()).successful).toBe(false);
    for (const held of [holder, await waiting, slot]) await held.release();
    await untilAvailable(newer, { connections: 3 });
  });

  it('with a smaller capacity waits for what is held, and then holds', async () => {
    const old = await running(1, connections(3));
    const held = [await old.acquire(), await old.acquire(), await old.acquire()];
    const newer = defined(2, connections(1));
    const waiting = newer.acquire();
    await until('the newer version runs', async () => (await old.getStats()).limits['connections']?.capacity === 1);
    await held[0]?.release();
    await held[1]?.release();
    expect((await newer.tryAcquire()).successful).toBe(false);
    await held[2]?.release();
    const slot = await waiting;
    expect((await old.tryAcquire()).successful).toBe(false);
    await slot.release();
  });

  it('with one limit more is acquired by processes that do not know of it', async () => {
    const old = await running(1, connections(2));
    const newer = await running(2, connections(2), slots);
    await until('the older process has heard of it', async () => {
      const { requested } = await old.use({}, (held) => held);
      return 'slots' in requested;
    });
    const slot = await newer.acquire({ requested: { connections: 1 } });
    const waiting = old.acquire();
    await until('the older process waits', async () => (await newer.getStats()).waiting === 1);
    expect(await keysOf(newer)).toEqual(['connections', 'slots']);
    await slot.release();
    expect((await waiting).requested).toEqual({ connections: 1, slots: 1 });
    await (await waiting).release();
  });

  it('with one limit less no longer holds back what waited for that', async () => {
    const old = await running(1, connections(2), tokens, slots);
    const holder = await old.acquire({ requested: { tokens: 100 } });
    const waiting = old.acquire({ requested: { tokens: 50 } });
    const newer = await running(2, connections(2));
    const slot = await waiting;
    expect(await keysOf(newer)).toEqual(['connections']);
    expect(slot.requested).toEqual({ connections: 1 });
    await slot.release();
    holder.update({ usage: { tokens: 100 } });
    await holder.release();
    await untilAvailable(newer, { connections: 2 });
  });

  it('is adopted by a process that starts with a lower one', async () => {
    await running(3, connections(2));
    const old = defined(1, connections(1));
    const held = [await old.acquire(), await old.acquire()];
    expect((await old.getStats()).limits).toMatchObject({ connections: { capacity: 2, available: 0 } });
    for (const slot of held) await slot.release();
  });
});

describe('a definition that differs under the same version', () => {
  it('is an error that names both, also for what comes later, and changes nothing for those that run', async () => {
    const first = await running(1, connections(1));
    const other = defined(1, connections(7));
    for (let i = 0; i < 2; i += 1) {
      await expect(other.acquire()).rejects.toMatchObject({
        name: 'DefinitionConflictError',
        limitSet: name,
        differences: [{ limit: 'connections', option: 'capacity', mine: '7', running: '1' }],
      });
    }
    await (await first.acquire()).release();
  });
});

it('no workflow task has failed', async () => {
  expect(await failedTasks(temporal.client)).toEqual([]);
});
