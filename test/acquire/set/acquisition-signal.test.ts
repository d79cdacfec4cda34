import { LeasedSet } from '../../../bench/support/leased-set';
import { type Acquisition, CallLimit, LeaseLostError, LimitSet, ResourceLimit } from '../../../src/index';
import { type FakeClock } from '../../support/fake-clock';
import { numLeft } from '../../support/garbage';
import { TurningClock } from '../../support/turning-clock';

const LIMITS = [
  new CallLimit({ windowSeconds: 60, capacity: 1e6 }),
  new ResourceLimit({ key: 'connections', capacity: 10 }),
];

interface Mode {
  readonly set: LimitSet | LeasedSet;
  /** What is held at this moment is lost. */
  readonly lose: () => Promise<void>;
}

const MODES: readonly (readonly [string, (clock: FakeClock) => Mode])[] = [
  [
    'in memory',
    () => {
      const set = new LimitSet({ limits: LIMITS });
      return { set, lose: () => set.close() };
    },
  ],
  [
    'under a lease',
    (clock) => {
      const set = new LeasedSet(LIMITS, clock);
      return { set, lose: async () => set.supply.client.loseLease() };
    },
  ],
];

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

it.each(MODES)(
  '%s, a client that listens to the signal and never stops is gone with the acquisition',
  async (_mode, open) => {
    const clock = new TurningClock(1e12);
    const { set } = open(clock);
    const clients: WeakRef<object>[] = [];
    for (let i = 0; i < 100; i += 1) clients.push(await useOnce(set, clock));
    expect(await numLeft(clients)).toBe(0);
    expect(set.tryAcquireNow().successful).toBe(true);
  },
);

it.each(MODES)(
  '%s, what is lost before the release is told, also after it, and later losses are not',
  async (_mode, open) => {
    const clock = new TurningClock(1e12);
    const { set, lose } = open(clock);
    const take = async (): Promise<Acquisition> => {
      const asked = set.acquire();
      await clock.advance(100);
      return asked;
    };
    const [watched, unwatched, released, asked] = [await take(), await take(), await take(), await take()];
    const { signal } = watched;
    const before = released.signal;
    await Promise.all([released.release(), asked.release()]);
    const early = asked.signal;
    await lose();
    expect([signal.aborted, signal.reason]).toEqual([true, expect.any(LeaseLostError)]);
    await unwatched.release().catch(() => undefined);
    expect([unwatched.signal.aborted, before.aborted, early.aborted]).toEqual([true, false, false]);
  },
);

it.each(MODES)('%s, many may listen to one signal', async (_mode, open) => {
  const clock = new TurningClock(1e12);
  const asked = open(clock).set.acquire();
  await clock.advance(100);
  const { signal } = await asked;
  const warnings: Error[] = [];
  const hear = (warning: Error): void => void warnings.push(warning);
  process.on('warning', hear);
  for (let i = 0; i < 20; i += 1) signal.addEventListener('abort', () => undefined);
  await new Promise(setImmediate);
  process.off('warning', hear);
  expect(warnings).toEqual([]);
});
