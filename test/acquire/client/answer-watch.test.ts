import type { AnswerWatch, Awaiting } from '../../../src/acquire/ports';
import { ResourceLimit } from '../../../src/limiter/definition/limits';
import { VirtualLimiter } from '../../support/virtual-limiter';

/** A process whose limiter is away, with a watch that knows what a test tells it. */
function aProcess() {
  const limiter = new VirtualLimiter([new ResourceLimit({ key: 'connections', capacity: 1 })]);
  limiter.isAway = true;
  const known = { obstacle: undefined as string | undefined, isFinal: false };
  const answered = jest.fn();
  const waiting: Awaiting[] = [];
  const newAnswerWatch = (each: Awaiting): AnswerWatch => {
    waiting.push(each);
    return Object.assign(known, { wake: () => undefined, answered, stop: () => undefined });
  };
  const { set } = limiter.process({}, { newAnswerWatch });
  /** An obstacle is found, as a watch tells of it. */
  const find = (obstacle: string): void => {
    Object.assign(known, { obstacle, isFinal: true });
    waiting[0]?.refuseAsking();
  };
  return { limiter, set, find, answered, waiting: waiting[0]! };
}

it('who does not want to wait is refused when an obstacle is found, and at once as long as it is known', async () => {
  const { limiter, set, find } = aProcess();
  const asked = set.tryAcquire();
  await limiter.clock.advance(100);
  find('nobody hosts it');
  expect((await asked).successful).toBe(false);
  const { length } = limiter.told;
  expect(await Promise.race([set.tryAcquire(), limiter.clock.advance(0)])).toMatchObject({ successful: false });
  expect([limiter.clock.now() % 1_000, limiter.told.length]).toEqual([100, length]);
});

it('a request that waits keeps waiting, and its timeout names the obstacle', async () => {
  const { limiter, set, find } = aProcess();
  const timeout = set.acquire({ timeout: 2_000 });
  const refused = expect(timeout).rejects.toThrow('No capacity in "set" within 2000 ms: nobody hosts it');
  await limiter.clock.advance(100);
  find('nobody hosts it');
  await limiter.clock.advance(2_000);
  await refused;
  limiter.isAway = false;
  const served = set.acquire();
  await limiter.clock.advance(40_000);
  expect((await served).successful).toBe(true);
});

it('before anything is known, a timeout says that the limiter has not answered, and what to check', async () => {
  const { limiter, set } = aProcess();
  const refused = expect(set.acquire({ timeout: 10 })).rejects.toThrow(
    'No capacity in "set" within 10 ms: the limiter has not answered. Check that a worker with LimitsPlugin hosts it',
  );
  await limiter.clock.advance(10);
  await refused;
});

it('an answer is one also where others have the capacity, and who then waits lacks another', async () => {
  const { limiter, set, answered, waiting } = aProcess();
  expect([waiting.isWaiting, waiting.lacksAnswer, waiting.registered]).toEqual([false, false, false]);
  limiter.isAway = false;
  const first = set.acquire();
  await limiter.clock.advance(100);
  await first;
  expect(answered).toHaveBeenCalled();
  expect([waiting.isWaiting, waiting.registered]).toEqual([false, true]);
  const refused = expect(set.acquire({ timeout: 50 })).rejects.toThrow(
    'it needed 1 of "connections" (capacity 1), where 0 was free',
  );
  expect([waiting.isWaiting, waiting.lacksAnswer]).toEqual([true, true]);
  await limiter.clock.advance(50);
  await refused;
});
