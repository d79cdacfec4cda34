import { LeasedSet } from '../../../bench/support/leased-set';
import { CallLimit, LimitSet, ResourceLimit } from '../../../src/index';
import { FakeClock } from '../../support/fake-clock';
import { numLeft } from '../../support/garbage';

const LIMITS = [
  new CallLimit({ windowSeconds: 60, capacity: 1e6 }),
  new ResourceLimit({ key: 'connections', capacity: 10 }),
];

/** A turn of its own, as in a process: what was taken counts as started only after some. */
class TurningClock extends FakeClock {
  override turn(action: () => void): void {
    setImmediate(action);
  }
}

/** Acquires, has a client of a provider listen that never stops, and releases. */
async function useOnce(set: LimitSet | LeasedSet, clock: FakeClock): Promise<WeakRef<object>> {
  const asked = set.acquire();
  await clock.advance(100);
  const slot = await asked;
  const client = { abort: () => undefined };
  slot.signal.addEventListener('abort', () => client.abort());
  await slot.release();
  return new WeakRef(client);
}

it.each([
  ['in memory', () => new LimitSet({ limits: LIMITS })],
  ['under a lease', (clock: FakeClock) => new LeasedSet(LIMITS, clock)],
])('%s, a client that listens to the signal and never stops is gone with the acquisition', async (_mode, open) => {
  const clock = new TurningClock(1e12);
  const set = open(clock);
  const clients: WeakRef<object>[] = [];
  for (let i = 0; i < 100; i += 1) clients.push(await useOnce(set, clock));
  expect(await numLeft(clients)).toBe(0);
  expect(set.tryAcquireNow().successful).toBe(true);
});

it('a signal that is asked for after the release never aborts: nothing is held any more', async () => {
  const set = new LimitSet({ limits: LIMITS });
  const [held, released] = [await set.acquire(), await set.acquire()];
  const early = released.signal;
  await released.release();
  const late = (await set.acquire().then((slot) => slot.release().then(() => slot))).signal;
  await set.close();
  expect([held.signal.aborted, early.aborted, late.aborted]).toEqual([true, false, false]);
});
