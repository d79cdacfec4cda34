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

const SERVED = { status: 200 };

/** A call that is made in a `use`, of which this is observed, one after the other. */
const observing =
  (...answers: readonly unknown[]): Call =>
  (set, begun, answer) =>
    set.use({}, async (slot) => {
      begun();
      await answer();
      for (const one of answers) slot.observe(one);
    });

describe('the guard of a call', () => {
  test('ends with its release, once a good answer has been observed', async () => {
    const apart = await nextStart(observing(SERVED));
    expect(apart).toBeGreaterThanOrEqual(1_000 + CALL_MS);
    expect(apart).toBeLessThan(GUARDED);
  });

  test('does not end where no answer was observed: a use, or a release, may come before the call', async () => {
    expect(await nextStart(observing())).toBeGreaterThanOrEqual(GUARDED);
  });

  test('does not end where the last thing that was observed is a failure: it may be on its way still', async () => {
    const timeout = new Error('timed out');
    expect(await nextStart(observing(timeout))).toBeGreaterThanOrEqual(GUARDED);
    expect(await nextStart(observing(SERVED, timeout))).toBeGreaterThanOrEqual(GUARDED);
    expect(await nextStart(observing(timeout, SERVED))).toBeLessThan(GUARDED);
  });

  test.each([
    { of: 'several calls', error: new AggregateError([{ status: 404 }, new Error('timed out')]) },
    { of: 'a call after one that had an answer', error: new Error('timed out', { cause: { status: 404 } }) },
  ])('does not end with an error of $of', async ({ error }) => {
    expect(await nextStart(observing(error))).toBeGreaterThanOrEqual(GUARDED);
  });

  test('does not end with what a function came to that makes calls: it may have left some', async () => {
    const leaving: Call = (set, begun, answer) =>
      set.use({}, async (slot) => {
        begun();
        await answer();
        slot.observeOutcome(SERVED);
      });
    expect(await nextStart(leaving)).toBeGreaterThanOrEqual(GUARDED);
  });

  test('does not end before the release: others of one acquisition may follow', async () => {
    const several: Call = (set, begun, answer) =>
      set.use({}, async (slot) => {
        begun();
        for (let i = 0; i < 3; i += 1) {
          await answer();
          slot.observe(SERVED);
        }
      });
    const apart = await nextStart(several);
    expect(apart).toBeGreaterThanOrEqual(1_000 + 3 * CALL_MS);
    expect(apart).toBeLessThan(GUARDED);
  });

  test('ends for no other call of its turn', async () => {
    const long: Call = (set, begun, answer) =>
      set.use({}, async () => {
        begun();
        for (let i = 0; i < 100; i += 1) await answer();
      });
    expect(await nextStart(observing(SERVED), long)).toBeGreaterThanOrEqual(GUARDED);
    expect(await nextStart(observing(SERVED), observing(SERVED))).toBeLessThan(GUARDED);
  });
});
