import { CallLimit, LimitPool, LimitSet, RateLimit, ResourceLimit } from '../../../src/index';
import { errorWith } from '../../support/error-with';

const calls = (capacity: number): CallLimit => new CallLimit({ windowSeconds: 60, capacity });
const permits = (capacity: number): ResourceLimit => new ResourceLimit({ key: 'connections', capacity });

test('takes what is free, and gives it back, without waiting for anything', () => {
  const set = new LimitSet({ limits: [permits(1)], config: { region: 'eu' } });
  const slot = set.tryAcquireNow();
  expect(slot).toMatchObject({ successful: true, isHeld: true, config: { region: 'eu' } });
  expect(set.tryAcquireNow().successful).toBe(false);
  void slot.release();
  expect(set.tryAcquireNow().successful).toBe(true);
});

test('is told its usage, and gives back what was not used', () => {
  const tokens = new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 10, algorithm: 'TokenBucket' });
  const set = new LimitSet({ limits: [tokens] });
  const slot = set.tryAcquireNow({ requested: { tokens: 10 } });
  slot.update({ usage: { tokens: 4 } });
  void slot.release();
  expect(set.tryAcquireNow({ requested: { tokens: 6 } }).successful).toBe(true);
});

test('takes all or nothing, and does not overtake who waits', async () => {
  const set = new LimitSet({ limits: [calls(3), permits(1)] });
  const slot = set.tryAcquireNow();
  expect(set.tryAcquireNow().successful).toBe(false);
  expect((await set.getStats()).limits).toMatchObject({ call_count: { available: 2 } });
  const waiting = set.acquire({ requested: { call_count: 2 } });
  expect(set.tryAcquireNow({ requested: { connections: 0 } }).successful).toBe(false);
  expect(set.tryAcquireNow({ requested: { connections: 0 }, priority: 1 }).successful).toBe(true);
  void slot.release();
  expect(set.expectedWaitMs()).toBeGreaterThan(0);
  const rest = expect(waiting).rejects.toThrow(/closed/);
  await set.close();
  await rest;
});

test('throws for what could never be granted, and once the set is closed', async () => {
  const set = new LimitSet({ limits: [permits(1)] });
  expect(() => set.tryAcquireNow({ requested: { connections: 2 } })).toThrow(
    errorWith({ name: 'RequestExceedsCapacityError', key: 'connections' }),
  );
  // @ts-expect-error a timeout is an option of acquire
  expect(() => set.tryAcquireNow({ timeout: 1 })).toThrow(errorWith({ name: 'InvalidLimitError', option: 'timeout' }));
  await set.close();
  expect(() => set.tryAcquireNow()).toThrow(errorWith({ name: 'LimiterUnavailableError' }));
});

test('goes to the set of a pool whose turn it is, and on to one that is free', () => {
  const pool = new LimitPool({ limitSets: [1, 1].map((capacity) => new LimitSet({ limits: [permits(capacity)] })) });
  const slots = [pool.tryAcquireNow(), pool.tryAcquireNow(), pool.tryAcquireNow()];
  expect(slots.map(({ successful, index }) => (successful ? index : undefined))).toEqual([0, 1, undefined]);
  void slots[1]?.release();
  expect(pool.tryAcquireNow()).toMatchObject({ successful: true, index: 1 });
});
