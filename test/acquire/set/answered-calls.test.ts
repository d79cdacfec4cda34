import type { BaseLimitSet } from '../../../src/acquire/set/base-limit-set';
import { CallLimit } from '../../../src/limiter/definition/limits';
import { FakeClock } from '../../support/fake-clock';
import { VirtualLimiter } from '../../support/virtual-limiter';

const CALL_MS = 10;

/** A call: says when it begins, and is answered in a while. */
type Call = (set: BaseLimitSet, begun: () => void, answer: () => Promise<void>) => Promise<unknown>;

/** How long after the first of some calls, which are made in one turn, another one starts that has to wait for them. */
async function nextStart(...calls: readonly Call[]): Promise<number> {
  const clock = new FakeClock(1_700_000_000_000);
  const limits = [new CallLimit({ key: 'calls', windowSeconds: 1, capacity: calls.length })];
  const { set } = new VirtualLimiter(limits, clock).process();
  const starts: number[] = [];
  const begun = (): void => void starts.push(clock.now());
  const after = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
  const make = (call: Call): Promise<unknown> => call(set, begun, () => after(CALL_MS));
  // those that wait for what another one takes are let through together
  const before = set.use({ requested: { calls: calls.length } }, () => undefined);
  const done = Promise.allSettled(calls.map(make));
  await clock.advance(1_500);
  const next = set.use({}, begun);
  await clock.advance(5_000);
  await Promise.all([before, done, next]);
  return starts[calls.length]! - starts[0]!;
}

/** The guard is 50 ms. */
const GUARDED = 1_050;

describe('the guard of a call', () => {
  test('ends with the body of a use', async () => {
    const apart = await nextStart((set, begun, answer) =>
      set.use({}, () => {
        begun();
        return answer();
      }),
    );
    expect(apart).toBeGreaterThanOrEqual(1_000 + CALL_MS);
    expect(apart).toBeLessThan(GUARDED);
  });

  test('ends with an answer that is observed, and only with one that the provider gave', async () => {
    const observing = (answered: unknown) =>
      nextStart(async (set, begun, answer) => {
        const slot = await set.acquire();
        begun();
        await answer();
        slot.observe(answered);
        await slot.release();
      });
    expect(await observing({ status: 200 })).toBeLessThan(GUARDED);
    expect(await observing(new Error('the connection was closed'))).toBeGreaterThanOrEqual(GUARDED);
  });

  test('does not end with a release, which may come before the call', async () => {
    const apart = await nextStart(async (set, begun) => {
      const slot = await set.acquire();
      begun();
      await slot.release();
    });
    expect(apart).toBeGreaterThanOrEqual(GUARDED);
  });

  test('does not end with a body that throws: what has failed may still be on its way', async () => {
    const apart = await nextStart((set, begun, answer) =>
      set.use({}, async () => {
        begun();
        await answer();
        throw new Error('timed out');
      }),
    );
    expect(apart).toBeGreaterThanOrEqual(GUARDED);
  });

  test('ends for one call only, however often that is heard to have been answered', async () => {
    const answered: Call = (set, begun, answer) =>
      set.use({}, async (slot) => {
        begun();
        await answer();
        for (let i = 0; i < 3; i += 1) slot.observe({ status: 200 });
      });
    const long: Call = (set, begun, answer) =>
      set.use({}, async () => {
        begun();
        for (let i = 0; i < 100; i += 1) await answer();
      });
    expect(await nextStart(answered, long)).toBeGreaterThanOrEqual(GUARDED);
    expect(await nextStart(answered, answered)).toBeLessThan(GUARDED);
  });
});
