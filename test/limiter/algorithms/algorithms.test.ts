import fc from 'fast-check';
import { tolerance, type Algorithm, type Window } from '../../../src/limiter/algorithms/algorithm';
import { algorithms, revisable } from '../../../src/limiter/algorithms/algorithms';
import { blur, CLOCKS, clocks, steps, WINDOWS, windows } from './algorithm-histories';
import { modelOf, worstExcess, type Start } from '../../support/algorithm-models';

/** The bucket whose past can be revised, where everything is told as it happens. */
const toldAtOnce: Algorithm = revisable('TokenBucket');

/** A fixed window is over as a whole: what is refunded later is of no consequence any more. */
function isSameWindow({ name }: Algorithm, { windowMs }: Window, at: number, now: number): boolean {
  return name !== 'FixedWindow' || Math.floor(at / windowMs) === Math.floor(now / windowMs);
}

test.each(Object.entries(algorithms))('%s is stored under its own name', (name, algorithm) => {
  expect(algorithm.name).toBe(name);
});

describe.each<readonly [string, Algorithm]>([
  ...Object.entries(algorithms),
  ['TokenBucket whose past can be revised', toldAtOnce],
])('%s', (_name, algorithm) => {
  const models = modelOf(algorithm.name);

  test.each(WINDOWS)('starts with the whole capacity and never has more: $windowMs ms, $capacity', (window) => {
    for (const clock of CLOCKS) {
      const state = algorithm.initial(window, clock);
      expect(algorithm.available(window, state, clock)).toBe(window.capacity);
      expect(algorithm.available(window, state, clock + 100 * window.windowMs)).toBe(window.capacity);
      expect(algorithm.availableAt(window, state, clock, window.capacity)).toBe(clock);
      expect(algorithm.availableAt(window, state, clock, window.capacity * 1.001)).toBe(Infinity);
    }
  });

  test('admits in any interval what the algorithm allows, and no more', () => {
    fc.assert(
      fc.property(windows, clocks, steps, (window, clock, history) => {
        const state = algorithm.initial(window, clock);
        const starts: Start[] = [];
        let now = clock;
        for (const { kind, pause, share } of history) {
          now += pause * window.windowMs;
          const amount = share * window.capacity;
          if (kind === 'wait') now = algorithm.availableAt(window, state, now, amount);
          if (algorithm.availableAt(window, state, now, amount) > now) continue;
          algorithm.consume(window, state, now, amount);
          starts.push({ at: now, amount });
        }
        expect(worstExcess(algorithm.name, window, starts)).toBeLessThanOrEqual(
          starts.length * blur(window, now) + tolerance(window),
        );
      }),
      { numRuns: 150 },
    );
  });

  test('agrees with a model in whole numbers, step by step', () => {
    const window = { windowMs: 40, capacity: 12 };
    const commands = fc.array(
      fc.record({
        kind: fc.constantFrom<'take' | 'charge' | 'refund' | 'look'>('take', 'charge', 'refund', 'look'),
        pauseMs: fc.integer({ min: 0, max: 50 }),
        amount: fc.integer({ min: 0, max: 12 }),
      }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), commands, (clock, history) => {
        const state = algorithm.initial(window, clock);
        const model = models(window, clock);
        let now = clock;
        let last = { at: clock, left: 0 };
        for (const { kind, pauseMs, amount } of history) {
          now += pauseMs;
          const ready = algorithm.availableAt(window, state, now, amount) <= now;
          expect(ready).toBe(model.available(now) >= amount - 1e-6);
          if (kind === 'charge' || (kind === 'take' && ready)) {
            algorithm.consume(window, state, now, amount);
            model.take(now, amount);
            last = { at: now, left: amount };
          } else if (kind === 'refund' && isSameWindow(algorithm, window, last.at, now)) {
            const unused = Math.min(amount, last.left);
            algorithm.refund(window, state, now, unused, { from: last.at, to: last.at });
            model.refund(now, unused, last.at);
            last.left -= unused;
          }
          expect(algorithm.available(window, state, now)).toBeCloseTo(model.available(now), 6);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('gives back what was not used, and never more than the capacity', () => {
    const window = { windowMs: 1000, capacity: 10 };
    const state = algorithm.initial(window, 0);
    const atStart = { from: 0, to: 0 };
    algorithm.consume(window, state, 0, 8);
    algorithm.refund(window, state, 0, 3, atStart);
    expect(algorithm.available(window, state, 0)).toBeCloseTo(5, 9);
    algorithm.refund(window, state, 0, 1000, atStart);
    expect(algorithm.available(window, state, 0)).toBeLessThanOrEqual(10);
    algorithm.refund(window, state, 5000, 1000, { from: 5000, to: 5000 });
    expect(algorithm.available(window, state, 5000)).toBe(10);
    algorithm.consume(window, state, 5000, 10);
    expect(algorithm.available(window, state, 5000)).toBeCloseTo(0, 9);
  });

  test.each([1.5, 3, 7.25])('a debt of %d windows is paid off by time, and not forgiven early', (times) => {
    const window = { windowMs: 1000, capacity: 8 };
    const state = algorithm.initial(window, 0);
    algorithm.consume(window, state, 0, 8 * times);
    expect(algorithm.available(window, state, 0)).toBeCloseTo(8 - 8 * times, 9);
    expect(algorithm.availableAt(window, state, 0, 8)).toBeCloseTo(
      {
        // units leave the log one window after their start, however many they were
        SlidingWindow: 1000,
        FixedWindow: 1000 * Math.ceil(times),
        TokenBucket: 1000 * times,
        LeakyBucket: 1000 * times,
        GCRA: 1000 * times,
      }[algorithm.name],
      6,
    );
    expect(algorithm.available(window, state, 999)).toBeLessThan(8 - 8 * times + 8);
    expect(algorithm.available(window, state, 1000 * Math.ceil(times))).toBeCloseTo(8, 9);
  });

  test.each([
    ['looked at before each', true],
    ['only ever charged', false],
  ])('A2: state stays bounded and finite over 100,000 operations, %s', (_case, looks) => {
    const window = { windowMs: 1000, capacity: 5000 };
    const state = algorithm.initial(window, 1.78e12);
    let longest = 0;
    for (let i = 0; i < 100_000; i += 1) {
      const now = 1.78e12 + i * 0.37;
      if (looks && algorithm.availableAt(window, state, now, 1.1) > now) continue;
      algorithm.consume(window, state, now, 1.1);
      if (i % 5000 === 0) longest = Math.max(longest, JSON.stringify(state).length);
    }
    expect(longest).toBeLessThan(100_000);
    expect(JSON.stringify(state)).not.toContain('null');
  });

  test('never has more than a capacity that was lowered since', () => {
    const state = algorithm.initial({ windowMs: 1000, capacity: 100 }, 0);
    const lowered = { windowMs: 1000, capacity: 10 };
    expect(algorithm.available(lowered, state, 0)).toBe(10);
    expect(algorithm.availableAt(lowered, state, 0, 11)).toBe(Infinity);
  });

  test('counts single units among many at the time of day', () => {
    const window = { windowMs: 1000, capacity: 1e8 };
    const state = algorithm.initial(window, 1.78e12);
    for (let i = 0; i < 10_000; i += 1) algorithm.consume(window, state, 1.78e12, 1);
    expect(algorithm.available(window, state, 1.78e12)).toBeCloseTo(1e8 - 1e4, 3);
  });

  test.each([
    { windowMs: 1e-3, capacity: 1e-9 },
    { windowMs: 1e-3, capacity: Number.MAX_VALUE / 4 },
    { windowMs: 1e12, capacity: Number.MAX_VALUE / 4 },
    { windowMs: 1e12, capacity: Number.MIN_VALUE },
  ])('keeps to the capacity at extremes: $windowMs ms, $capacity', (window) => {
    const state = algorithm.initial(window, 1000);
    algorithm.consume(window, state, 1000, window.capacity);
    expect(algorithm.available(window, state, 1000)).toBeLessThanOrEqual(tolerance(window));
    const at = algorithm.availableAt(window, state, 1000, window.capacity);
    // the fixed window may end sooner than one length from now
    expect(at).toBeGreaterThan(1000);
    expect(at).toBeLessThanOrEqual(1000 + window.windowMs * 1.001);
    expect(algorithm.available(window, state, at + window.windowMs * 1e-3)).toBe(window.capacity);
  });
});
