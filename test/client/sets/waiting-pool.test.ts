import { LimitPool } from '../../../src/client/sets/limit-pool';
import { LimitSet } from '../../../src/client/sets/limit-set';
import { CallLimit, ResourceLimit } from '../../../src/limiter/definition/limits';
import { FakeClock, settled } from '../../support/fake-clock';

/** A pool of accounts, each with so many calls in so many seconds. */
function accounts(rates: readonly (readonly [capacity: number, windowSeconds: number])[], options: object = {}) {
  const clock = new FakeClock(1_000);
  const limitSets = rates.map(([capacity, windowSeconds], i) => {
    return new LimitSet({
      name: `account ${i}`,
      shared: false,
      clock,
      limits: [new CallLimit({ capacity, windowSeconds })],
    });
  });
  return { clock, pool: new LimitPool({ limitSets, ...options }) };
}

/** When the last of so many calls that come at once is served. Unit: seconds. */
async function secondsFor(calls: number, { clock, pool }: ReturnType<typeof accounts>): Promise<number> {
  const served = Promise.all(Array.from({ length: calls }, async () => (await pool.acquire()).release()));
  const progress = { isOver: false };
  void served.then(() => (progress.isOver = true));
  await settled();
  while (!progress.isOver) await clock.runNext();
  expect((await pool.getStats()).limitSets.map(({ waiting }) => waiting)).toEqual(pool.limitSets.map(() => 0));
  expect(clock.armed).toBe(0);
  return (clock.now() - 1_000) / 1_000;
}

describe.each(['RoundRobin', 'LeastWait', 'Random'] as const)(
  'a pool (%s) in which calls have to wait',
  (loadBalancing) => {
    it('lets no call wait at a slow account beside one that is free', async () => {
      expect(
        await secondsFor(
          10,
          accounts(
            [
              [1, 60],
              [1, 1],
            ],
            { loadBalancing },
          ),
        ),
      ).toBeCloseTo(8);
    });

    it('uses all that unequal accounts have', async () => {
      // 12 at once, and from then on 10, 1 and 0.2 a second
      const ideal = 17;
      const seconds = await secondsFor(
        200,
        accounts(
          [
            [10, 1],
            [1, 1],
            [1, 5],
          ],
          { loadBalancing },
        ),
      );
      expect(seconds).toBeLessThan(1.1 * ideal);
      expect(seconds).toBeGreaterThan(0.9 * ideal);
    });

    it('stays where it waits if it must not fail over', async () => {
      const { clock, pool } = accounts(
        [
          [1, 60],
          [1, 1],
        ],
        { loadBalancing, failover: false },
      );
      await pool.at(0).acquire();
      await pool.at(1).acquire();
      const waiting = pool.acquire();
      await settled();
      const { limitSets } = await pool.getStats();
      expect(limitSets.reduce((sum, set) => sum + set.waiting, 0)).toBe(1);
      await clock.advance(60_000);
      await waiting;
    });
  },
);

test('calls of a pool are served in the order in which they came, wherever that is', async () => {
  const { clock, pool } = accounts([
    [1, 3],
    [1, 2],
  ]);
  const served: number[] = [];
  for (let i = 0; i < 8; i += 1) void pool.acquire().then(() => served.push(i));
  await clock.advance(20_000);
  expect(served).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('what one set has served is taken from no other', async () => {
  const { clock, pool } = accounts([
    [2, 1],
    [2, 1],
  ]);
  for (let i = 0; i < 4; i += 1) await pool.acquire();
  const waiting = [pool.acquire(), pool.acquire()];
  await clock.advance(1_000);
  await Promise.all(waiting);
  const { limitSets } = await pool.getStats();
  expect(limitSets.reduce((sum, { limits }) => sum + limits['call_count']!.available, 0)).toBe(2);
});

test('a timeout says the figure of the caller, and what the soonest of the sets lacked', async () => {
  const { clock, pool } = accounts([
    [1, 60],
    [1, 1],
  ]);
  await pool.acquire();
  await pool.acquire();
  const waiting = pool.acquire({ timeout: 10 });
  const refused = expect(waiting).rejects.toMatchObject({
    name: 'AcquireTimeoutError',
    message:
      'No capacity in "account 1" within 10 ms: it needed 1 of "call_count" (capacity 1), where 0 was free, expected in 990 ms',
    ...{ limitSet: 'account 1', timeoutMs: 10, limit: 'call_count', needed: 1, free: 0, ahead: 0, expectedInMs: 990 },
  });
  await clock.advance(10);
  await refused;
});

test('a signal ends the wait everywhere, with its reason', async () => {
  const { pool } = accounts([
    [1, 60],
    [1, 60],
  ]);
  await pool.acquire();
  await pool.acquire();
  const controller = new AbortController();
  const waiting = pool.acquire({ signal: controller.signal });
  await settled();
  controller.abort('enough');
  await expect(waiting).rejects.toBe('enough');
  expect((await pool.getStats()).limitSets.map(({ waiting: count }) => count)).toEqual([0, 0]);
});

test('an acquire within a use of the pool does not take the permits again', async () => {
  const clock = new FakeClock();
  const limitSets = [0, 1].map(
    () => new LimitSet({ clock, limits: [new ResourceLimit({ key: 'connections', capacity: 2 })] }),
  );
  const pool = new LimitPool({ limitSets });
  const all = Array.from({ length: 12 }, () =>
    pool.use({}, async () => {
      await settled();
      return pool.use({}, () => 'inner');
    }),
  );
  expect(await Promise.all(all)).toEqual(new Array(12).fill('inner'));
});
