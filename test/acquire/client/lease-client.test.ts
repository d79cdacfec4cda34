import { RateLimit, ResourceLimit } from '../../../src/limiter/definition/limits';
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
