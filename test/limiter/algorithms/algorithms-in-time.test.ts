import fc from 'fast-check';
import type { Algorithm } from '../../../src/limiter/algorithms/algorithm';
import { algorithms } from '../../../src/limiter/algorithms/algorithms';
import { reload } from '../../support/reload';
import { apply, blur, clocks, play, steps, windows } from './algorithm-histories';

describe.each(Object.values(algorithms))('$name', (algorithm: Algorithm) => {
  test('A3: availability only grows while nothing is taken', () => {
    fc.assert(
      fc.property(windows, clocks, steps, (window, clock, history) => {
        const { state, now } = play(algorithm, window, clock, history);
        const seen: number[] = [];
        for (let i = 0; i <= 50; i += 1) {
          seen.push(algorithm.available(window, state, now + (i / 16) * window.windowMs));
        }
        expect(seen.filter((available, i) => available < (seen[i - 1] ?? -Infinity) - blur(window, now))).toEqual([]);
        expect(Math.max(...seen)).toBeLessThanOrEqual(window.capacity);
      }),
      { numRuns: 100 },
    );
  });

  test('A4: what availableAt says is true then, and was not true before', () => {
    fc.assert(
      fc.property(
        windows,
        clocks,
        steps,
        fc.constantFrom(0.01, 0.3, 0.77, 1),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (window, clock, history, share, early) => {
          const { state, now } = play(algorithm, window, clock, history);
          const amount = share * window.capacity;
          const at = algorithm.availableAt(window, state, now, amount);
          expect(at).toBeGreaterThanOrEqual(now);
          expect(at).toBeLessThan(Infinity);
          const probe = now + (at - now) * early;
          // between two neighbouring numbers there is no moment before
          if (probe < at) {
            const looked = algorithm.available(window, reload(state), probe);
            expect(looked).toBeLessThan(amount + blur(window, at));
          }
          expect(algorithm.available(window, state, at)).toBeGreaterThanOrEqual(amount - blur(window, at));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('A4: whoever waits until availableAt gets through, at any resolution of the clock', () => {
    fc.assert(
      fc.property(windows, clocks, steps, (window, clock, history) => {
        const { state, now: end } = play(algorithm, window, clock, history);
        let now = end;
        for (let tries = 0; tries < 4; tries += 1) {
          const at = algorithm.availableAt(window, state, now, window.capacity);
          if (at <= now) return;
          now = at;
        }
        throw new Error(`still not through at ${String(now)}`);
      }),
      { numRuns: 200 },
    );
  });

  test.each([0.1, 0.3, 1 / 3, 33.333, 333.333, 0.007, 1e3 / 7])(
    'A4: no boundary of %d ms windows is waited for twice',
    (windowMs) => {
      const window = { windowMs, capacity: 3 };
      const state = algorithm.initial(window, 0);
      let now = 0;
      let repeated = 0;
      for (let i = 0; i < 3000; i += 1) {
        algorithm.consume(window, state, now, 3);
        now = algorithm.availableAt(window, state, now, 3);
        // an instant that rounds down is at most one step of the clock early
        const again = algorithm.availableAt(window, state, now, 3);
        if (algorithm.availableAt(window, state, again, 3) !== again) repeated += 1;
        now = again;
      }
      expect(repeated).toBe(0);
      expect(now / windowMs).toBeGreaterThanOrEqual(3000 * (1 - 1e-9));
      expect(now / windowMs).toBeLessThanOrEqual(3000 * (1 + 1e-9));
    },
  );

  test('A1: a clock that jumps back creates nothing, then or when it comes back', () => {
    fc.assert(
      fc.property(
        windows,
        steps,
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.constantFrom(0, 0.3, 1),
        (window, history, jump, share) => {
          const { state, now } = play(algorithm, window, 50_000, history);
          const before = algorithm.available(window, state, now);
          const then = now - jump * window.windowMs;
          expect(algorithm.available(window, state, then)).toBeLessThanOrEqual(before + blur(window, now));
          algorithm.refund(window, state, then, 0);
          const twin = reload(state);
          algorithm.consume(window, state, then, share * window.capacity);
          algorithm.consume(window, twin, now, share * window.capacity);
          expect(algorithm.available(window, state, then)).toBeLessThanOrEqual(before + blur(window, now));
          expect(algorithm.available(window, state, now)).toBeLessThanOrEqual(before + blur(window, now));
          if (algorithm.name === 'SlidingWindow') return; // it keeps the past: see the test of its own below
          for (const later of [0, 0.4, 1, 3]) {
            const at = now + later * window.windowMs;
            expect(algorithm.available(window, state, at)).toBeCloseTo(algorithm.available(window, twin, at), 9);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('takes of the past never create capacity', () => {
    fc.assert(
      fc.property(
        windows,
        steps,
        fc.array(fc.tuple(fc.double({ min: 0, max: 3, noNaN: true }), fc.constantFrom(0.1, 0.5, 1)), { maxLength: 20 }),
        (window, history, past) => {
          const { state, now } = play(algorithm, window, 50_000, history);
          const twin = reload(state);
          for (const [ago, share] of past) {
            algorithm.consume(window, state, now - ago * window.windowMs, share * window.capacity);
          }
          for (const later of [0, 0.2, 0.7, 1, 4, 30]) {
            const at = now + later * window.windowMs;
            expect(algorithm.available(window, state, at)).toBeLessThanOrEqual(
              algorithm.available(window, twin, at) + blur(window, at),
            );
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a state that went through JSON continues in the same way', () => {
    fc.assert(
      fc.property(windows, clocks, steps, fc.nat(60), (window, clock, history, cut) => {
        let reloaded: unknown = algorithm.initial(window, clock);
        const kept = algorithm.initial(window, clock);
        let now = clock;
        history.forEach((step, i) => {
          if (i === cut || i % 7 === 0) reloaded = reload(reloaded);
          now += step.pause * window.windowMs;
          const amount = step.share * window.capacity;
          expect(algorithm.availableAt(window, reloaded, now, amount)).toBe(
            algorithm.availableAt(window, kept, now, amount),
          );
          apply(algorithm, window, reloaded, step.kind, now, amount);
          apply(algorithm, window, kept, step.kind, now, amount);
          expect(algorithm.available(window, reloaded, now)).toBe(algorithm.available(window, kept, now));
        });
        expect(reload(reloaded)).toEqual(reload(kept));
      }),
      { numRuns: 100 },
    );
  });
});
