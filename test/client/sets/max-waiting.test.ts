import { LimitPool } from '../../../src/client/sets/limit-pool';
import { LimitSet } from '../../../src/client/sets/limit-set';
import { CallLimit } from '../../../src/limiter/definition/limits';
import { FakeClock } from '../../support/fake-clock';
import { VirtualLimiter } from '../../support/virtual-limiter';

const makeSet = (maxWaiting?: number, clock = new FakeClock(1_000)) =>
  new LimitSet({
    name: 'narrow',
    shared: false,
    clock,
    limits: [new CallLimit({ windowSeconds: 1, capacity: 1 })],
    ...(maxWaiting !== undefined && { maxWaiting }),
  });

test('past maxWaiting an acquire fails at once, and those that wait are served', async () => {
  const clock = new FakeClock(1_000);
  const set = makeSet(2, clock);
  await set.acquire();
  const waiting = [set.acquire(), set.acquire()];
  await expect(set.acquire()).rejects.toMatchObject({
    name: 'QueueFullError',
    message: '2 acquisitions of "narrow" already wait, which is the most that its maxWaiting allows',
    limitSet: 'narrow',
    maxWaiting: 2,
  });
  await clock.advance(1_000);
  await waiting[0];
  const next = set.acquire();
  await clock.advance(2_000);
  await Promise.all([...waiting, next]);
});

test('with none waiting allowed, what is free is granted and nothing else', async () => {
  const set = makeSet(0);
  expect((await set.acquire()).successful).toBe(true);
  await expect(set.use({}, () => 1)).rejects.toMatchObject({ name: 'QueueFullError', maxWaiting: 0 });
  expect((await set.tryAcquire()).successful).toBe(false);
});

test('a pool fails only if the queues of all its sets are full', async () => {
  const clock = new FakeClock(1_000);
  const pool = new LimitPool({ limitSets: [makeSet(0, clock), makeSet(1, clock)] });
  await pool.acquire();
  await pool.acquire();
  const waiting = pool.acquire();
  await expect(pool.acquire()).rejects.toMatchObject({ name: 'QueueFullError' });
  await clock.advance(1_000);
  expect((await waiting).index).toBe(1);
});

test('it is part of the JSON form', () => {
  expect(LimitSet.fromJSON(makeSet(7).toJSON()).toJSON()).toMatchObject({ maxWaiting: 7 });
  expect(makeSet().toJSON()).not.toHaveProperty('maxWaiting');
});

test.each([-1, 0.5, NaN, '3' as unknown as number])('%p is no bound', (maxWaiting) => {
  expect(() => makeSet(maxWaiting)).toThrow(/^Invalid maxWaiting: expected a whole number from 0/);
});

test('a tryAcquire that only waits for an answer takes no place in the queue', async () => {
  const limiter = new VirtualLimiter([new CallLimit({ windowSeconds: 60, capacity: 5 })]);
  const { set } = limiter.process({ maxWaiting: 1 });
  const tried = set.tryAcquire();
  const first = set.acquire();
  const second = expect(set.acquire()).rejects.toMatchObject({ name: 'QueueFullError', maxWaiting: 1 });
  await limiter.clock.advance(1_000);
  expect([(await tried).successful, (await first).isHeld]).toEqual([true, true]);
  await second;
});
