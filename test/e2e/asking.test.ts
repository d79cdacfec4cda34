import { randomUUID } from 'node:crypto';
import { CallLimit, ResourceLimit, type LimitSet } from '../../src/index';
import { failedTasks } from '../support/limiter-runs';
import { Occupancy } from '../support/occupancy';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.limiterOnly();
});

afterEach(() => temporal.closeSets());

afterAll(() => temporal.stop());

function aSet(capacity: number, name: string = randomUUID()): LimitSet {
  const limits = [
    new CallLimit({ windowSeconds: 3600, capacity: 1_000 }),
    new ResourceLimit({ key: 'connections', capacity }),
  ];
  return temporal.set({ name, limits });
}

describe('a process in which nothing hears pushes', () => {
  it('acquires, releases and acquires again', async () => {
    const set = aSet(1);
    for (let i = 0; i < 5; i += 1) {
      const slot = await set.acquire();
      expect(slot).toMatchObject({ successful: true, requested: { connections: 1, call_count: 1 } });
      await slot.release();
    }
    expect((await set.getStats()).limits).toMatchObject({ call_count: { available: 995 } });
  });

  it('tries, and is told no without waiting', async () => {
    const name = randomUUID();
    const [first, second] = [aSet(1, name), aSet(1, name)];
    const slot = await first.tryAcquire();
    expect(slot.successful).toBe(true);
    expect((await second.tryAcquire()).successful).toBe(false);
    await slot.release();
    expect((await first.tryAcquire()).successful).toBe(true);
  });

  it('shares with others of its kind', async () => {
    const name = randomUUID();
    const sets = [aSet(2, name), aSet(2, name)];
    for (const slot of await Promise.all(sets.map((set) => set.acquire({ timeout: '10s' })))) await slot.release();
    const door = new Occupancy();
    const uses = sets.flatMap((set) => Array.from({ length: 15 }, () => set.use({}, () => door.visit(5))));
    const since = performance.now();
    await Promise.all(uses);
    // the lease is renewed every ten seconds: none of them waits for that
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(door.visits).toBe(30);
    expect(door.most).toBeLessThanOrEqual(2);
  });

  it('ends its waits at their timeouts, having taken nothing', async () => {
    const name = randomUUID();
    const holder = await aSet(1, name).acquire();
    const set = aSet(1, name);
    await expect(set.acquire({ timeout: 300 })).rejects.toMatchObject({ name: 'AcquireTimeoutError' });
    await holder.release();
    await until('one call is counted', async () => (await set.getStats()).limits['call_count']?.available === 999);
  });

  it('acquires though it hears pushes from a namespace of the same name at another server', async () => {
    const other = await TemporalForTests.start();
    await other.host(false);
    const slot = await aSet(1).acquire({ timeout: '30s' });
    expect(slot.successful).toBe(true);
    await slot.release();
    await other.stop();
  });

  it('has made no workflow task fail', async () => {
    expect(await failedTasks(temporal.client)).toEqual([]);
  });
});
