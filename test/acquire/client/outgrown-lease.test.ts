import { InvalidUsageError, RateLimit, ResourceLimit } from '../../../src/index';
import { VirtualLimiter } from '../../support/virtual-limiter';

const MOST = Number.MAX_SAFE_INTEGER;

test.each([1, 2, 3])('reports of the largest usage, %i of them, leave a permit with its holder', async (reports) => {
  const limiter = new VirtualLimiter([
    new RateLimit({ key: 'tokens', windowSeconds: 1, capacity: 1_000 }),
    new ResourceLimit({ key: 'seat', capacity: 1 }),
  ]);
  const { clock } = limiter;
  const [holder, other] = [limiter.process(), limiter.process()];
  const seat = await served(holder.set.acquire({ requested: { tokens: 10 } }));
  const calls = [];
  for (let i = 0; i < reports; i += 1)
    calls.push(await served(holder.set.acquire({ requested: { tokens: 10, seat: 0 } })));
  for (const call of calls) {
    call.update({ usage: { tokens: MOST } });
    await call.release();
  }
  let isTaken = false;
  void other.set.acquire({ requested: { tokens: 0 } }).then(() => (isTaken = true));
  await clock.advance(100_000);
  expect(limiter.allocator.stats(clock.now()).counters.refused).toBe(0);
  expect([seat.isHeld, seat.signal.aborted, isTaken]).toEqual([true, false, false]);
  seat.update({ usage: { tokens: 10 } });
  await seat.release();
  await clock.advance(100);
  expect(isTaken).toBe(true);

  async function served<T>(acquiring: Promise<T>): Promise<T> {
    await clock.advance(100);
    return acquiring;
  }
});

test.each([1e14, MOST])('a process goes on past what one lease can count, at %f units per second', async (capacity) => {
  const limiter = new VirtualLimiter([
    new RateLimit({ key: 'bytes', windowSeconds: 1, capacity }),
    new ResourceLimit({ key: 'seat', capacity: 2 }),
  ]);
  const { clock } = limiter;
  const { set } = limiter.process();
  const requested = { bytes: capacity * 0.4 };
  const opening = set.acquire({ requested: { bytes: 1 } });
  await clock.advance(100);
  const seat = await opening;
  let done = 0;
  let error: unknown;
  for (; done < 3 * MOST && error === undefined; done += requested.bytes) {
    void set
      .use({ requested, timeout: 20_000 }, (slot) => {
        slot.update({ usage: requested });
      })
      .catch((reason: unknown) => (error = reason));
    await clock.advance(2_500);
  }
  expect(error).toBeUndefined();
  expect(limiter.allocator.stats(clock.now()).counters.refused).toBe(0);
  expect(seat.isHeld).toBe(true);
  expect(limiter.available('seat')).toBe(1);
});

test('usage that no total can carry is an error', async () => {
  const limiter = new VirtualLimiter([new RateLimit({ key: 'tokens', windowSeconds: 1, capacity: 1_000 })]);
  const acquiring = limiter.process().set.acquire({ requested: { tokens: 10 } });
  await limiter.clock.advance(100);
  const slot = await acquiring;
  expect(() => slot.update({ usage: { tokens: 2 ** 53 } })).toThrow(InvalidUsageError);
  expect(() => slot.update({ usage: { tokens: 2 ** 53 } })).toThrow('expected a number from 0 to 9007199254740991');
});
