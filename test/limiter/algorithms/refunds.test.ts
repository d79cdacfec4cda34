import fc from 'fast-check';
import type { Algorithm, Window } from '../../../src/limiter/algorithms/algorithm';
import { revisable } from '../../../src/limiter/algorithms/algorithms';
import { modelOf, type Start } from '../../support/algorithm-models';
import { reload } from '../../support/reload';

const WINDOW: Window = { windowMs: 40, capacity: 12 };
const EPSILON = 1e-6;

/** Units that were started, and how many of them were not used. */
interface Taken extends Start {
  unused: number;
}

const commands = fc.array(
  fc.record({
    kind: fc.constantFrom<'take' | 'takeLate' | 'refund' | 'look' | 'reload'>(
      'take',
      'take',
      'takeLate',
      'refund',
      'refund',
      'look',
      'reload',
    ),
    pauseMs: fc.constantFrom(0, 0, 1, 2, 5, 20, 41),
    amount: fc.integer({ min: 1, max: WINDOW.capacity }),
    ms: fc.integer({ min: 0, max: 35 }),
    pick: fc.nat(99),
  }),
  { maxLength: 60 },
);

type Commands = typeof commands extends fc.Arbitrary<infer History> ? History : never;

/** A provider that counts what was used, and counts that from the start on. */
function provider(algorithm: Algorithm, window: Window, taken: readonly Taken[], now: number): number {
  const model = modelOf(algorithm.name)(window, 0);
  for (const { at, amount, unused } of [...taken].sort((a, b) => a.at - b.at)) model.take(at, amount - unused);
  return model.available(now);
}

/** Plays a history; `spreadMs` is how roughly the moments of what is refunded are known. */
function play(algorithm: Algorithm, history: Commands, spreadMs: number, check: (has: number, exact: number) => void) {
  let state = algorithm.initial(WINDOW, 0);
  const taken: Taken[] = [];
  let now = 0;
  for (const { kind, pauseMs, amount, ms, pick } of history) {
    now += pauseMs;
    if (kind === 'take' || kind === 'takeLate') {
      const at = kind === 'take' ? now : Math.max(0, now - ms);
      algorithm.consume(WINDOW, state, at, amount);
      taken.push({ at, amount, unused: 0 });
    } else if (kind === 'refund') {
      const start = taken[taken.length - 1 - (pick % Math.max(1, taken.length))];
      if (start === undefined) continue;
      const unused = Math.min(amount, start.amount - start.unused);
      start.unused += unused;
      const from = start.at - (ms / 35) * spreadMs;
      algorithm.refund(WINDOW, state, now, unused, { from, to: from + spreadMs });
    } else if (kind === 'reload') state = reload(state);
    check(algorithm.available(WINDOW, state, now), provider(algorithm, WINDOW, taken, now));
  }
}

describe.each(['SlidingWindow', 'FixedWindow', 'TokenBucket'] as const)('A6: refunds of %s', (name) => {
  const algorithm = revisable(name);

  test.each([0, 1, 3, 10])(
    'never make more available than if the units had not been taken, told to %d ms',
    (spread) => {
      fc.assert(
        fc.property(commands, (history) => {
          play(algorithm, history, spread, (has, exact) => {
            expect(has).toBeLessThanOrEqual(exact + EPSILON);
          });
        }),
        { numRuns: 500 },
      );
    },
  );

  test('take nothing from a window when nobody says when they were started', () => {
    const state = algorithm.initial(WINDOW, 0);
    algorithm.consume(WINDOW, state, 0, 12);
    algorithm.refund(WINDOW, state, 1, 12);
    expect(algorithm.available(WINDOW, state, 1)).toBeLessThan(1);
  });

  test('take nothing from what others started since', () => {
    const state = algorithm.initial(WINDOW, 0);
    algorithm.consume(WINDOW, state, 0, 12);
    algorithm.consume(WINDOW, state, 40, 12);
    algorithm.refund(WINDOW, state, 40, 12, { from: 0, to: 0 });
    expect(algorithm.available(WINDOW, state, 40)).toBe(0);
  });

  test('leave as much as if the units had not been taken, where their start is known exactly', () => {
    const state = algorithm.initial(WINDOW, 0);
    algorithm.consume(WINDOW, state, 1, 6);
    algorithm.consume(WINDOW, state, 10, 6);
    algorithm.refund(WINDOW, state, 12, 4, { from: 1, to: 1 });
    const taken = [
      { at: 1, amount: 6, unused: 4 },
      { at: 10, amount: 6, unused: 0 },
    ];
    expect(algorithm.available(WINDOW, state, 12)).toBeCloseTo(provider(algorithm, WINDOW, taken, 12), 9);
    expect(algorithm.available(WINDOW, state, 45)).toBeCloseTo(provider(algorithm, WINDOW, taken, 45), 9);
  });
});

describe('A6: refunds of SlidingWindow', () => {
  const algorithm = revisable('SlidingWindow');

  test('give back exactly what was not used, however late', () => {
    fc.assert(
      fc.property(commands, (history) => {
        play(algorithm, history, 0, (has, exact) => {
          expect(has).toBeCloseTo(exact, 6);
        });
      }),
      { numRuns: 500 },
    );
  });

  test.each([1, 3, 10])('give back all of it while nothing has left the window, told to %d ms', (spread) => {
    fc.assert(
      fc.property(commands, (history) => {
        const short = history.filter(({ pauseMs }) => pauseMs <= 5);
        play(algorithm, short.slice(0, 7), spread, (has, exact) => {
          expect(has).toBeCloseTo(exact, 6);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('never give back too much of segments that were merged', () => {
    const window = { windowMs: 1024, capacity: 1e6 };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.6, noNaN: true }), fc.nat(999)), {
          minLength: 3000,
          maxLength: 5000,
          size: 'max',
        }),
        (takes) => {
          const state = algorithm.initial(window, 0);
          const taken: Taken[] = [];
          let now = 0;
          for (const [i, [pause, pick]] of takes.entries()) {
            now += pause;
            algorithm.consume(window, state, now, 1 + (pick % 9));
            taken.push({ at: now, amount: 1 + (pick % 9), unused: 0 });
            const start = taken.at(-1 - pick);
            if (start?.unused === 0) {
              start.unused = start.amount;
              algorithm.refund(window, state, now, start.amount, { from: start.at, to: start.at });
            }
            if (i % 500 > 1) continue;
            const has = algorithm.available(window, state, now);
            expect(has).toBeLessThanOrEqual(provider(algorithm, window, taken, now) + EPSILON);
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});
