import fc from 'fast-check';
import { revisableBucket } from '../../../src/limiter/algorithms/revisable-bucket';
import { modelOf } from '../../support/algorithm-models';
import { reload } from '../../support/reload';

const WINDOW = { windowMs: 40, capacity: 12 };
const RATE = WINDOW.capacity / WINDOW.windowMs;
const EPSILON = 1e-6;

/** Units that were started, as a provider sees them that counts only what was needed, and counts that from the start. */
interface Start {
  readonly at: number;
  readonly amount: number;
  unneeded: number;
}

const commands = fc.array(
  fc.record({
    kind: fc.constantFrom<'take' | 'tellLate' | 'giveBack' | 'look' | 'reload'>(
      'take',
      'take',
      'tellLate',
      'giveBack',
      'giveBack',
      'look',
      'reload',
    ),
    pauseMs: fc.constantFrom(0, 0, 1, 2, 5, 20, 41),
    amount: fc.integer({ min: 1, max: WINDOW.capacity }),
    ms: fc.integer({ min: 0, max: 35 }),
    pick: fc.nat(99),
  }),
  { maxLength: 50 },
);

function available(starts: readonly Start[], now: number): number {
  const provider = modelOf('TokenBucket')(WINDOW, 0);
  for (const { at, amount, unneeded } of [...starts].sort((a, b) => a.at - b.at)) provider.take(at, amount - unneeded);
  return provider.available(now);
}

/** Plays a history; `spreadMs` is how roughly the moments of what is given back are told. */
function play(
  history: readonly (typeof commands extends fc.Arbitrary<infer H> ? H : never)[number][],
  spreadMs: number,
  check: (told: number, exact: number, roughMs: number) => void,
): void {
  let state = revisableBucket.initial(WINDOW, 0);
  const starts: Start[] = [];
  let now = 0;
  let roughMs = 0;
  for (const { kind, pauseMs, amount, ms, pick } of history) {
    now += pauseMs;
    if (kind === 'take' || kind === 'tellLate') {
      const at = kind === 'take' ? now : Math.max(0, now - ms);
      revisableBucket.consume(WINDOW, state, at, amount);
      starts.push({ at, amount, unneeded: 0 });
    } else if (kind === 'giveBack' && starts.length > 0) {
      const start = starts[pick % starts.length]!;
      const unneeded = Math.min(amount, start.amount - start.unneeded);
      start.unneeded += unneeded;
      const from = start.at - (ms / 35) * spreadMs;
      revisableBucket.refund(WINDOW, state, now, unneeded, { from, to: from + spreadMs });
      roughMs += spreadMs;
    } else if (kind === 'reload') state = reload(state);
    check(revisableBucket.available(WINDOW, state, now), available(starts, now), roughMs);
  }
}

describe('a bucket whose past may still be told', () => {
  test('has what it would have, had everything been known from the beginning', () => {
    fc.assert(
      fc.property(commands, (history) => {
        play(history, 0, (told, exact) => {
          expect(told).toBeCloseTo(exact, 6);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('where a start is known only roughly, lacks no more than recovers in that time, and never has more', () => {
    fc.assert(
      fc.property(commands, fc.constantFrom(1, 3, 10), (history, spreadMs) => {
        play(history, spreadMs, (told, exact, roughMs) => {
          expect(told).toBeLessThanOrEqual(exact + EPSILON);
          expect(told).toBeGreaterThanOrEqual(exact - roughMs * RATE - EPSILON);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('never has more after a long history either, and remembers so much and no more', () => {
    const long = fc.array(
      fc.record({
        pauseMs: fc.constantFrom(1, 2, 3, 7),
        amount: fc.double({ min: 0, max: 2, noNaN: true }),
        pick: fc.nat(300),
      }),
      { minLength: 100, maxLength: 400 },
    );
    fc.assert(
      fc.property(long, (history) => {
        const state = revisableBucket.initial(WINDOW, 0);
        const starts: Start[] = [];
        let now = 0;
        for (const { pauseMs, amount, pick } of history) {
          now += pauseMs;
          revisableBucket.consume(WINDOW, state, now - (pick % 5), amount);
          starts.push({ at: now - (pick % 5), amount, unneeded: 0 });
          const start = starts.at(-1 - pick);
          if (start === undefined) continue;
          revisableBucket.refund(WINDOW, state, now, start.amount - start.unneeded, { from: start.at, to: start.at });
          start.unneeded = start.amount;
        }
        expect(revisableBucket.available(WINDOW, state, now)).toBeLessThanOrEqual(available(starts, now) + EPSILON);
        expect(JSON.stringify(state).length).toBeLessThanOrEqual(64 * 60);
      }),
      { numRuns: 100 },
    );
  });

  test('gives nothing back of what has come back by itself and was given to others', () => {
    const state = revisableBucket.initial(WINDOW, 0);
    revisableBucket.consume(WINDOW, state, 0, 12);
    revisableBucket.consume(WINDOW, state, 40, 12);
    revisableBucket.refund(WINDOW, state, 40, 12, { from: 0, to: 0 });
    expect(revisableBucket.available(WINDOW, state, 40)).toBe(0);
  });

  test('gives all back while it has not been full since', () => {
    const state = revisableBucket.initial(WINDOW, 0);
    revisableBucket.consume(WINDOW, state, 0, 12);
    revisableBucket.consume(WINDOW, state, 20, 6);
    revisableBucket.refund(WINDOW, state, 30, 6, { from: 0, to: 0 });
    expect(revisableBucket.available(WINDOW, state, 30)).toBeCloseTo(9, 9);
  });

  test('gives nothing back of which nobody says when it was started', () => {
    const state = revisableBucket.initial(WINDOW, 0);
    revisableBucket.consume(WINDOW, state, 0, 12);
    revisableBucket.refund(WINDOW, state, 0, 12);
    expect(revisableBucket.available(WINDOW, state, 0)).toBe(0);
  });
});
