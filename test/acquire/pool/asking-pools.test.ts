import { BaseLimitPool, checkPool, type PoolOptions } from '../../../src/acquire/pool/base-limit-pool';
import type { BaseLimitSet } from '../../../src/acquire/set/base-limit-set';
import { ResourceLimit } from '../../../src/limiter/definition/limits';
import { FakeClock } from '../../support/fake-clock';
import { VirtualLimiter } from '../../support/virtual-limiter';

class Pool extends BaseLimitPool<BaseLimitSet> {
  constructor(sets: readonly BaseLimitSet[], options: PoolOptions) {
    super(sets, checkPool(options), () => 0);
  }
}

/** Regions with one connection each, and a pool of them in a process that has not used any yet. */
function regions(count: number, options: PoolOptions = {}, capacity = 1) {
  const clock = new FakeClock(1_700_000_000_000);
  const limits = [new ResourceLimit({ key: 'connections', capacity })];
  const limiters = Array.from({ length: count }, (_, i) => new VirtualLimiter(limits, clock, `region ${i}`));
  const pool = new Pool(
    limiters.map((limiter) => limiter.process().set),
    options,
  );
  return { clock, limiters, pool };
}

/** Somebody else has all that a region has. */
async function fill(limiter: VirtualLimiter): Promise<{ release(): Promise<void> }> {
  const acquired = limiter.process().set.acquire();
  await limiter.clock.advance(100);
  return acquired;
}

describe.each(['RoundRobin', 'LeastWait'] as const)(
  'a pool (%s) of sets whose limiters have to be asked',
  (loadBalancing) => {
    test('acquires where there is room, whichever has its turn', async () => {
      const { clock, limiters, pool } = regions(3, { loadBalancing });
      await fill(limiters[0]!);
      await fill(limiters[1]!);
      const acquired = pool.acquire({ timeout: '2s' });
      await clock.advance(200);
      expect(await acquired).toMatchObject({ successful: true, limitSet: 'region 2', index: 2 });
    });

    test('tries all of them without waiting', async () => {
      const { clock, limiters, pool } = regions(2, { loadBalancing });
      const other = await fill(limiters[0]!);
      const first = pool.tryAcquire();
      await clock.advance(200);
      expect(await first).toMatchObject({ successful: true, index: 1 });
      const second = pool.tryAcquire();
      await clock.advance(200);
      expect(await second).toMatchObject({ successful: false });
      await other.release();
      await clock.advance(1_000);
      const third = pool.tryAcquire();
      await clock.advance(200);
      expect(await third).toMatchObject({ successful: true, index: 0 });
    });

    test('waits for the one whose turn it is where none has room, until the deadline of the whole', async () => {
      const { clock, limiters, pool } = regions(2, { loadBalancing });
      const others = [await fill(limiters[0]!), await fill(limiters[1]!)];
      const [patient, hasty] = [pool.acquire(), pool.acquire({ timeout: 500 })];
      const refused = expect(hasty).rejects.toMatchObject({
        name: 'AcquireTimeoutError',
        timeoutMs: 500,
        message: expect.stringContaining('within 500 ms') as string,
      });
      await clock.advance(499);
      await clock.advance(1);
      await refused;
      await Promise.all(others.map((other) => other.release()));
      await clock.advance(1_000);
      expect(await patient).toMatchObject({ successful: true });
    });

    test('asks nobody twice within a moment', async () => {
      const { clock, limiters, pool } = regions(2, { loadBalancing });
      await fill(limiters[0]!);
      await fill(limiters[1]!);
      const before = limiters.map(({ told }) => told.length);
      const controller = new AbortController();
      const waiting = Array.from({ length: 50 }, () =>
        pool.acquire({ signal: controller.signal }).catch(() => 'gave up'),
      );
      await clock.advance(200);
      controller.abort();
      expect(new Set(await Promise.all(waiting))).toEqual(new Set(['gave up']));
      limiters.forEach(({ told }, i) => expect(told.length - before[i]!).toBeLessThan(8));
    });

    test('only waits if it must not fail over', async () => {
      const { clock, limiters, pool } = regions(2, { loadBalancing, failover: false });
      await fill(limiters[0]!);
      const acquired = expect(pool.acquire({ timeout: 500 })).rejects.toMatchObject({ name: 'AcquireTimeoutError' });
      await clock.advance(600);
      await acquired;
    });
  },
);

describe.each(['RoundRobin', 'Random', 'LeastWait'] as const)(
  'a pool (%s) of which one account fails',
  (loadBalancing) => {
    /** Calls with so many milliseconds between them; each tells what was answered. */
    async function call({ clock, pool }: ReturnType<typeof regions>, times: number, status: (index: number) => number) {
      const places: number[] = [];
      for (let i = 0; i < times; i += 1) {
        const acquired = pool.acquire();
        await clock.advance(200);
        const slot = await acquired;
        places.push(slot.index);
        slot.observe({ status: status(slot.index) });
        await slot.release();
        await clock.advance(200);
      }
      return places;
    }

    test('asks that one no more, until one call finds out that it serves again', async () => {
      const all = regions(2, { loadBalancing }, 5);
      let isServing = false;
      const status = (index: number): number => (index === 0 && !isServing ? 401 : 200);
      const early = await call(all, 4, status);
      expect(early.filter((index) => index === 0)).toHaveLength(1);
      const asked = all.limiters[0]!.told.length;
      expect(new Set(await call(all, 18, status))).toEqual(new Set([1]));
      expect(all.limiters[0]!.told.length - asked).toBeLessThan(6);

      const later = await call(all, 60, status);
      expect([1, 2]).toContain(later.filter((index) => index === 0).length);

      isServing = true;
      expect(await call(all, 100, status)).toContain(0);
      const { allocator, clock } = all.limiters[0]!;
      expect(allocator.stats(clock.now()).provider).toMatchObject({ state: 'OPEN', answered: 1 });
    });
  },
);

test('a set that is known to be aside is not asked on the way to another', async () => {
  const { clock, limiters, pool } = regions(2);
  const acquired = pool.at(0).acquire();
  await clock.advance(200);
  const slot = await acquired;
  slot.observe({ status: 401 });
  await slot.release();
  await clock.advance(1_500);
  const asked = limiters[0]!.told.length;
  const next = pool.acquire();
  await clock.advance(200);
  expect(await next).toMatchObject({ index: 1 });
  expect(limiters[0]!.told).toHaveLength(asked);
});

test('calls that come while limiters are being asked go where the balancer sends them', async () => {
  const { clock, pool } = regions(3, { workerIndex: 1 }, 2);
  const acquired = Array.from({ length: 6 }, () => pool.acquire());
  await clock.advance(200);
  expect((await Promise.all(acquired)).map(({ index }) => index)).toEqual([1, 2, 0, 1, 2, 0]);
});

test('a limiter that does not answer is left for the next', async () => {
  const { clock, limiters, pool } = regions(2);
  limiters[0]!.isAway = true;
  const acquired = pool.acquire();
  await clock.advance(5_100);
  expect(await acquired).toMatchObject({ index: 1 });
});

test('an acquire within a use goes before those who wait for what the use holds, in other processes too', async () => {
  const limiter = new VirtualLimiter([new ResourceLimit({ key: 'connections', capacity: 2 })]);
  const [one, other] = [limiter.process().set, limiter.process().set];
  let waits: Promise<string> | undefined;
  const using = one.use({}, async () => {
    waits = other.use({ requested: { connections: 2 } }, () => 'other');
    await limiter.clock.advance(100);
    const nested = one.use({}, () => 'nested');
    await limiter.clock.advance(5_000);
    return nested;
  });
  await limiter.clock.advance(6_000);
  expect(await using).toBe('nested');
  await limiter.clock.advance(1_000);
  expect(await waits).toBe('other');
});
