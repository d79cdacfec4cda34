import { ServedWatch } from '../../../src/batch/worker/served-watch';
import { type Suspended } from '../../../src/acquire/ports';

/** A set whose provider does what the test says. */
class Limits {
  suspension: Suspended | undefined;
}

const circuit: Suspended = { kind: 'CIRCUIT', cause: 'unauthorized', ms: 0 };
const paused = (ms: number): Suspended => ({ kind: 'PAUSED', cause: 'rate_limit', ms });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const untilAborted = (signal: AbortSignal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

it('ends waits once nobody is served, and lets none begin', async () => {
  const limits = new Limits();
  const watch = new ServedWatch(limits);
  const waits = [watch.whileServed(untilAborted), watch.whileServed(untilAborted)].map((wait) =>
    expect(wait).rejects.toMatchObject({ name: 'NotServed' }),
  );
  limits.suspension = circuit;
  await jest.advanceTimersByTimeAsync(1_000);
  await Promise.all(waits);
  expect(jest.getTimerCount()).toBe(0);
  await expect(watch.whileServed(untilAborted)).rejects.toMatchObject({ name: 'NotServed' });
  limits.suspension = undefined;
  expect(await watch.whileServed(async () => 'served')).toBe('served');
});

it('waits for a short pause where it is, and not for a long one', () => {
  const limits = new Limits();
  const watch = new ServedWatch(limits);
  const isAside = [undefined, paused(1_000), paused(4_999), paused(5_000), circuit].map((suspension) => {
    limits.suspension = suspension;
    return watch.isAside;
  });
  expect(isAside).toEqual([false, false, false, true, true]);
});
