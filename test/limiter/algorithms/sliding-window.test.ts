import fc from 'fast-check';
import { slidingWindow } from '../../../src/limiter/algorithms/sliding-window';
import type { Start } from '../../support/algorithm-models';

describe('the sliding window', () => {
  test('a take of the past counts until exactly one window after its moment', () => {
    const window = { windowMs: 1000, capacity: 10 };
    const state = slidingWindow.initial(window, 0);
    slidingWindow.consume(window, state, 900, 4);
    expect(slidingWindow.available(window, state, 1000)).toBe(6);
    slidingWindow.consume(window, state, 300, 3);
    slidingWindow.consume(window, state, 0, 5); // has left the window already
    expect(slidingWindow.available(window, state, 1299.999)).toBe(3);
    expect(slidingWindow.availableAt(window, state, 1299.999, 4)).toBe(1300);
    expect(slidingWindow.available(window, state, 1300)).toBe(6);
    expect(slidingWindow.available(window, state, 1899.999)).toBe(6);
    expect(slidingWindow.available(window, state, 1900)).toBe(10);
  });

  test('merged segments never leave early, and at most 1/512 of a window late', () => {
    const window = { windowMs: 1024, capacity: 1e6 };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.6, noNaN: true }), fc.integer({ min: 1, max: 900 })), {
          minLength: 3000,
          maxLength: 6000,
          size: 'max',
        }),
        fc.constantFrom(0, 1.78e12),
        (takes, clock) => {
          const state = slidingWindow.initial(window, clock);
          const log: Start[] = [];
          let now = clock;
          for (const [i, [pause, amount]] of takes.entries()) {
            now += pause;
            // every fifth take is one of the past, as promises that land late are
            const at = i % 5 === 0 ? now - (amount / 900) * window.windowMs : now;
            slidingWindow.consume(window, state, at, amount);
            log.push({ at, amount });
            if (i % 500 > 1) continue;
            const available = slidingWindow.available(window, state, now);
            const within = (span: number): number =>
              log.reduce((sum, start) => sum + (start.at + span > now ? start.amount : 0), 0);
            expect(available).toBeLessThanOrEqual(window.capacity - within(window.windowMs - 1e-3));
            expect(available).toBeGreaterThanOrEqual(window.capacity - within(window.windowMs * (1 + 1 / 512) + 1e-3));
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  test('rounding of fractions does not add up in a window that is never empty', () => {
    const window = { windowMs: 1000, capacity: 1000 };
    const state = slidingWindow.initial(window, 0);
    let now = 0;
    for (let i = 0; i < 200_000; i += 1) {
      now += 1;
      slidingWindow.consume(window, state, now, 0.1 + (i % 7) / 3);
    }
    let exact = 0;
    for (let i = 199_000; i < 200_000; i += 1) exact += 0.1 + (i % 7) / 3;
    expect(slidingWindow.available(window, state, now)).toBeCloseTo(1000 - exact, 8);
  });
});
