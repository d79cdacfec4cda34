import { RateLimit, ResourceLimit } from '../../../src/limiter/definition/limits';
import type { AcquireOptions } from '../../../src/acquire/set/acquire-options';
import { VirtualLimiter } from '../../support/virtual-limiter';

const tokens = (key: string): RateLimit =>
  new RateLimit({ key, windowSeconds: 60, capacity: 100, algorithm: 'TokenBucket' });

test('holders are told when their set is closed, because what they hold goes to others', async () => {
  const limiter = new VirtualLimiter([new ResourceLimit({ key: 'connections', capacity: 1 })]);
  const { set, client } = limiter.process();
  const acquired = set.acquire();
  await limiter.clock.advance(100);
  const { signal } = await acquired;
  expect(signal.aborted).toBe(false);
  await client.close();
  expect(signal.reason).toMatchObject({ name: 'LeaseLostError' });
  await limiter.clock.advance(100);
  expect(limiter.available('connections')).toBe(1);
});

test('a tryAcquire that is granted under a newer definition settles by that one', async () => {
  const limiter = new VirtualLimiter([tokens('a'), tokens('b')]);
  const { set } = limiter.process();
  const asked = set.tryAcquire({ requested: { a: 10 } });
  await limiter.clock.advance(1);
  limiter.redefine([tokens('b'), tokens('a')], 2);
  await limiter.clock.advance(1_000);
  const slot = await asked;
  expect(slot.successful).toBe(true);
  slot.update({ usage: { a: 10 } });
  await slot.release();
  await limiter.clock.advance(1_000);
  expect(limiter.available('a')).toBeLessThan(95);
  expect(limiter.available('b')).toBeCloseTo(100);
});

const permits = (key: string, capacity: number): ResourceLimit => new ResourceLimit({ key, capacity });

test('permits of a limit that was gone for a while are not given back twice', async () => {
  const limiter = new VirtualLimiter([permits('a', 1), permits('b', 9)]);
  const { set } = limiter.process();
  const [old] = await Promise.all([set.acquire(), limiter.clock.advance(100)]);
  limiter.redefine([permits('b', 9)], 2);
  await limiter.clock.advance(1_000);
  limiter.redefine([permits('a', 1), permits('b', 9)], 3);
  await limiter.clock.advance(1_000);
  await Promise.all([set.acquire({ requested: { b: 0 } }), limiter.clock.advance(1_000)]);
  await old.release();
  await limiter.clock.advance(1_000);
  expect([limiter.available('a'), limiter.available('b')]).toEqual([0, 9]);
  const [refused] = await Promise.all([set.tryAcquire({ requested: { b: 0 } }), limiter.clock.advance(1_000)]);
  expect(refused.successful).toBe(false);
});

test('those that wait keep their order, priority and place when the limits change', async () => {
  const limiter = new VirtualLimiter([permits('a', 1)]);
  const { set } = limiter.process({ maxWaiting: 3 });
  const [held] = await Promise.all([set.acquire(), limiter.clock.advance(100)]);
  const served: string[] = [];
  const failed: string[] = [];
  const wait = (who: string, options: AcquireOptions): void => {
    set.acquire(options).then(
      async (slot) => {
        served.push(who);
        await slot.release();
      },
      (error: unknown) => failed.push(`${who}: ${(error as Error).name}`),
    );
  };
  wait('low', { requested: { a: 1 } });
  wait('big', { requested: { a: 1 } });
  wait('high', { priority: 1 });
  await limiter.clock.advance(1_000);
  limiter.redefine([permits('b', 1), permits('a', 1)], 2);
  await limiter.clock.advance(1_000);
  await held.release();
  await limiter.clock.advance(1_000);
  expect([served, failed]).toEqual([['high', 'low', 'big'], []]);
});

test.each([
  ['SlidingWindow', 'no more'],
  ['TokenBucket', 'more'],
] as const)('what was not used of a %s limit makes a process say %s', async (algorithm, expected) => {
  const told = async (tokensUsed: number): Promise<number> => {
    const limiter = new VirtualLimiter([new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 1e6, algorithm })]);
    const { set } = limiter.process();
    for (let i = 0; i < 20; i += 1) {
      const acquired = set.acquire({ requested: { tokens: 10 } });
      await limiter.clock.advance(1_250);
      const slot = await acquired;
      slot.update({ usage: { tokens: tokensUsed } });
      await slot.release();
      await limiter.clock.advance(1_250);
    }
    return limiter.told.length;
  };
  const [all, some] = [await told(10), await told(8)];
  expect(some > all).toBe(expected === 'more');
});

test('a client whose limiter had forgotten it begins anew, and its holders hear that they hold no longer', async () => {
  const limiter = new VirtualLimiter([permits('a', 1)]);
  const { set, client } = limiter.process();
  const [{ signal }] = await Promise.all([set.acquire(), limiter.clock.advance(100)]);
  const { id } = client;
  const push = { wire: 1, client: id, ack: 2, ackAt: 0, now: 0, status: 'granted', firstGrant: 1, grants: [] } as const;
  client.take({ ...push, seq: 1, fence: 2e12, opened: 2e12, levels: [0], more: false });
  expect(signal.reason).toMatchObject({ name: 'LeaseLostError' });
  expect(client.id).not.toBe(id);
});
