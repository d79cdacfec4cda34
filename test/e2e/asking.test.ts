import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
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

let queries = 0;

/** A set in a process that counts what it asks. */
function aSet(capacity: number, name: string = randomUUID()): LimitSet {
  const limits = [
    new CallLimit({ windowSeconds: 3600, capacity: 1_000 }),
    new ResourceLimit({ key: 'connections', capacity }),
  ];
  return temporal.set(
    { name, limits },
    {
      interceptors: {
        workflow: [
          {
            query(input, next) {
              queries += 1;
              return next(input);
            },
          },
        ],
      },
    },
  );
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
    const door = new Occupancy();
    const uses = [aSet(2, name), aSet(2, name)].flatMap((set) =>
      Array.from({ length: 15 }, () => set.use({}, () => door.visit(5))),
    );
    const since = performance.now();
    await Promise.all(uses);
    // the lease is renewed every ten seconds: none of them waits for that
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(door).toMatchObject({ visits: 30, most: 2 });
  });

  it('ends its waits at their timeouts, having taken nothing', async () => {
    const name = randomUUID();
    const holder = await aSet(1, name).acquire();
    const set = aSet(1, name);
    await expect(set.acquire({ timeout: 300 })).rejects.toMatchObject({ name: 'AcquireTimeoutError' });
    await holder.release();
    await until('one call is counted', async () => (await set.getStats()).limits['call_count']?.available === 999);
  });

  it('asks ever less often while it waits, and only for the answer to a report while nobody waits', async () => {
    const name = randomUUID();
    const set = aSet(1, name);
    const holder = await aSet(1, name).acquire();
    queries = 0;
    await expect(set.acquire({ timeout: '2s' })).rejects.toMatchObject({ name: 'AcquireTimeoutError' });
    // 10, 20, 40, ... ms up to 250, each between half of that and all
    expect(queries).toBeLessThan(25);
    expect(queries).toBeGreaterThan(3);
    await sleep(300);
    queries = 0;
    await sleep(1_500);
    expect(queries).toBeLessThanOrEqual(5);
    await holder.release();
  });

  it('has made no workflow task fail', async () => {
    expect(await failedTasks(temporal.client)).toEqual([]);
  });
});
