import { ACCOUNTS, CALLS } from '../../../bench/support/unequal-accounts';
import { BaseLimitPool, checkPool, type PoolOptions } from '../../../src/acquire/pool/base-limit-pool';
import type { BaseLimitSet } from '../../../src/acquire/set/base-limit-set';
import { CallLimit } from '../../../src/limiter/definition/limits';
import { FakeClock } from '../../support/fake-clock';
import { VirtualLimiter } from '../../support/virtual-limiter';

class Pool extends BaseLimitPool<BaseLimitSet> {
  constructor(sets: readonly BaseLimitSet[], options: PoolOptions) {
    super(sets, checkPool(options), () => 0.5);
  }
}

/** 12 calls at once, the others at 11.2 a second. Unit: seconds. */
const IDEAL = 17;

/** When the last of 200 calls is served that come at once, as many in each process. Unit: seconds. */
async function secondsFor(processes: number, options: PoolOptions): Promise<number> {
  const clock = new FakeClock(1_700_000_000_000);
  const limiters = ACCOUNTS.map((limit, i) => new VirtualLimiter([new CallLimit(limit)], clock, `account ${i}`));
  const pools = Array.from({ length: processes }, (_, workerIndex) => {
    const sets = limiters.map((limiter) => limiter.process().set);
    return new Pool(sets, { ...options, workerIndex });
  });
  let lastAt = 0;
  let served = 0;
  const calls = pools.flatMap((pool) =>
    Array.from({ length: CALLS / processes }, async () => {
      const slot = await pool.acquire();
      await slot.release();
      lastAt = clock.now();
      served += 1;
    }),
  );
  const begun = clock.now();
  while (served < CALLS && clock.now() < begun + 10_000 * IDEAL) await clock.advance(100);
  await Promise.all(calls);
  return (lastAt - begun) / 1_000;
}

describe.each(['RoundRobin', 'LeastWait', 'Random'] as const)(
  'a pool (%s) of accounts of unequal speed',
  (loadBalancing) => {
    test.each([1, 2, 4])('uses all that they have, where limiters decide and %d processes call', async (processes) => {
      const seconds = await secondsFor(processes, { loadBalancing });
      expect(seconds).toBeGreaterThan(0.9 * IDEAL);
      expect(seconds).toBeLessThan(1.1 * IDEAL);
    });
  },
);
