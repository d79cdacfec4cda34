import fc from 'fast-check';
import { algorithms } from '../../../src/limiter/algorithms/algorithms';
import { Ledger } from '../../../src/limiter/ledger/ledger';
import { limitOf } from '../../support/limit-of';
import { reload } from '../../support/reload';
import { permits } from '../../../simulator/scenario/definitions';
import { take } from '../../support/started-at-once';

const SECOND = { windowMs: 1000, capacity: 10 };
const names = Object.values(algorithms).map(({ name }) => name);

/** One limit of each algorithm and one of permits. */
const definitions = [
  ...names.map((name, i) => limitOf(name, { windowMs: 400 + 100 * i, capacity: 10 }, name)),
  permits(4),
];

test('L3: readyAt says now only if every limit has its amount, and looking changes nothing', () => {
  const amounts = fc.tuple(...definitions.map(() => fc.integer({ min: 0, max: 5 })));
  const histories = fc.array(fc.tuple(fc.constantFrom(0, 10, 100, 300), amounts), { maxLength: 40 });
  fc.assert(
    fc.property(histories, (history) => {
      const ledger = new Ledger(definitions, 0);
      const unasked = new Ledger(definitions, 0);
      let now = 0;
      for (const [pauseMs, wanted] of history) {
        now += pauseMs;
        const at = ledger.readyAt(wanted, now);
        const available = definitions.map((_, i) => ledger.available(i, now));
        expect(at <= now).toBe(wanted.every((amount, i) => amount === 0 || (available[i] ?? 0) >= amount - 1e-8));
        if (at === now) {
          take(ledger, wanted, now);
          take(unasked, wanted, now);
        } else {
          const alone = wanted.map((amount, i) => (amount === 0 ? now : ledger.readyAtOne(i, amount, now)));
          expect(at).toBe(Math.max(...alone));
        }
        expect(definitions.map((_, i) => unasked.available(i, now))).toEqual(
          definitions.map((_, i) => ledger.available(i, now)),
        );
      }
    }),
    { numRuns: 100 },
  );
});

test('permits are a level: they come back at release, and never by time', () => {
  const ledger = new Ledger([permits(3)], 0);
  take(ledger, [2], 0);
  expect(ledger.readyAt([2], 1e9)).toBe(Infinity);
  expect(ledger.available(0, 1e9)).toBe(1);
  ledger.settle(0, 2, 0, 1e9);
  expect(ledger.available(0, 1e9)).toBe(1);
  ledger.release([2]);
  expect(ledger.readyAt([3], 5)).toBe(5);
});

describe.each(names)('an account of %s', (name) => {
  const isReturned = algorithms[name].unusedByDefault === 'returned';

  test('L2: does not recover before the promise has landed', () => {
    const ledger = new Ledger([limitOf(name, SECOND)], 0);
    ledger.hold(0, 10);
    expect(ledger.available(0, 0)).toBe(0);
    expect(ledger.available(0, 60_000)).toBe(0);
    ledger.land(0, 10, 60_500, 60_000);
    expect(ledger.available(0, 60_499)).toBe(0);
    expect(ledger.available(0, 60_500)).toBeCloseTo(0, 9);
    expect(ledger.available(0, 61_500)).toBeCloseTo(10, 9);
  });

  test('gives a promise back at once if it was not used', () => {
    const ledger = new Ledger([limitOf(name, SECOND)], 0);
    for (const amount of [0.1, 0.2, 0.3]) ledger.hold(0, amount);
    for (const amount of [0.3, 0.2, 0.1]) ledger.unhold(0, amount);
    expect(ledger.available(0, 0)).toBeCloseTo(10, 12);
    expect(ledger.available(0, 0)).toBeLessThanOrEqual(10);
  });

  test.each([
    ['by default, as the algorithm does', {}, isReturned],
    ['if the provider returns it', { unused: 'returned' }, true],
    ['not if the provider keeps it', { unused: 'kept' }, false],
  ] as const)('gives back what was not used of units that landed while nobody looked, %s', (_case, option, isBack) => {
    const ledger = new Ledger([{ ...limitOf(name, SECOND), ...option }], 0);
    ledger.hold(0, 10);
    ledger.land(0, 10, 1200, 0);
    ledger.settle(0, 10, 4, 1200, { from: 1200, to: 1200 });
    expect(ledger.available(0, 1200)).toBeCloseTo(isBack ? 6 : 0, 9);
  });

  test('takes an excess as a debt', () => {
    const ledger = new Ledger([limitOf(name, SECOND)], 0);
    take(ledger, [10], 0);
    ledger.settle(0, 10, 14, 0);
    expect(ledger.available(0, 0)).toBeCloseTo(-4, 9);
    expect(ledger.stats(0)['tokens']?.utilization).toBeCloseTo(1.4, 9);
    expect(ledger.readyAt([1], 0)).toBeGreaterThan(100);
  });

  test('a clock that jumps back, in the process or at a restart, creates nothing', () => {
    const definition = limitOf(name, SECOND);
    const steady = new Ledger([definition], 5000);
    const running = new Ledger([definition], 5000);
    running.available(0, 5000);
    const restarted = new Ledger([definition], 4200, reload(running.snapshot()));
    expect(running.readyAt([10], 4200)).toBe(4200);
    take(steady, [10], 5000);
    take(running, [10], 4200);
    take(restarted, [10], 4200);
    for (const now of [4200, 5000, 5199.9, 5500, 5999.9, 6000]) {
      expect(running.available(0, now)).toBeLessThanOrEqual(steady.available(0, now) + 1e-9);
      expect(restarted.available(0, now)).toBeLessThanOrEqual(steady.available(0, now) + 1e-9);
    }
  });

  test('two ledgers from one snapshot do not take from each other', () => {
    const definition = limitOf(name, SECOND);
    const snapshot = new Ledger([definition], 0).snapshot();
    take(new Ledger([definition], 0, snapshot), [10], 0);
    expect(new Ledger([definition], 0, snapshot).available(0, 0)).toBe(10);
  });
});

test.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('stats have a limit called %s', (key) => {
  const stats = new Ledger([limitOf('TokenBucket', SECOND, key)], 0).stats(0);
  expect(Object.entries(stats)).toEqual([[key, { capacity: 10, available: 10, utilization: 0 }]]);
});

test('knows no limit beyond the definitions', () => {
  expect(() => new Ledger([permits(1)], 0).available(1, 0)).toThrow(RangeError);
});

test('what is promised for later leaves nothing available, and is no debt; what is used above the capacity is one', () => {
  const ledger = new Ledger([limitOf('SlidingWindow', SECOND, 'a'), limitOf('TokenBucket', SECOND, 'b')], 0);
  take(ledger, [10, 0], 0);
  ledger.hold(0, 5);
  ledger.settle(1, 0, 12, 0);
  expect(ledger.stats(0)).toEqual({
    a: { capacity: 10, available: 0, utilization: 1 },
    b: { capacity: 10, available: -2, utilization: 1.2 },
  });
});
