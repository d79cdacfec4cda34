import { randomUUID } from 'node:crypto';
import { CallLimit, ResourceLimit, type LimitSet } from '../../src/index';
import { failedTasks } from '../support/limiter-runs';
import { Occupancy } from '../support/occupancy';
import { devServerSource } from '../support/server';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';
import { untilAvailable } from '../support/until-available';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.limiterOnly();
});

afterEach(() => temporal.closeSets());

afterAll(() => temporal.stop());

const HOUR_MS = 3_600_000;

function aSet(capacity: number, name: string = randomUUID(), leaseMs = 30_000): LimitSet {
  const limits = [
    new CallLimit({ windowSeconds: 3600, capacity: 1_000 }),
    new ResourceLimit({ key: 'connections', capacity }),
  ];
  return temporal.set({ name, limits, leaseMs });
}

describe('a process in which nothing hears pushes', () => {
  it('acquires, releases and acquires again', async () => {
    const set = aSet(1);
    for (let i = 0; i < 5; i += 1) {
      const slot = await set.acquire();
      expect(slot).toMatchObject({ successful: true, requested: { connections: 1, call_count: 1 } });
      await slot.release();
    }
    await untilAvailable(set, { call_count: 995 });
  });

  it('tries, and gets an answer without waiting', async () => {
    const name = randomUUID();
    const [first, second] = [aSet(1, name), aSet(1, name)];
    const slot = await first.acquire();
    expect((await second.tryAcquire()).successful).toBe(false);
    await slot.release();
    // no answer in time is a no
    await until('it gets a yes', async () => (await first.tryAcquire()).successful);
  });

  it('shares with others of its kind', async () => {
    const name = randomUUID();
    // whoever waited for the renewal of a lease would wait for longer than the test lasts
    const sets = [aSet(2, name, HOUR_MS), aSet(2, name, HOUR_MS)];
    for (const slot of await Promise.all(sets.map((set) => set.acquire()))) await slot.release();
    const door = new Occupancy();
    const uses = sets.flatMap((set) => Array.from({ length: 15 }, () => set.use({}, () => door.visit(5))));
    await Promise.all(uses);
    expect(door.visits).toBe(30);
    expect(door.most).toBeLessThanOrEqual(2);
  });

  it('ends its waits at their timeouts, having taken nothing', async () => {
    const name = randomUUID();
    const holder = await aSet(1, name).acquire();
    const set = aSet(1, name);
    await expect(set.acquire({ timeout: 300 })).rejects.toMatchObject({ name: 'AcquireTimeoutError' });
    await holder.release();
    await untilAvailable(set, { call_count: 999 });
  });

  it('acquires though it hears pushes from a namespace of the same name at another server', async () => {
    const { namespace } = temporal.server;
    const other = await TemporalForTests.start({ namespace, source: await devServerSource() });
    await other.host(false);
    const slot = await aSet(1).acquire();
    expect(slot.successful).toBe(true);
    await slot.release();
    await other.stop();
  });

  it('has made no workflow task fail', async () => {
    expect(await failedTasks(temporal.client)).toEqual([]);
  });
});
