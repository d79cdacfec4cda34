import fc from 'fast-check';
import {
  LONGEST_RETRY_DELAY_MS,
  RETRY_ALGORITHMS,
  retryDelayMs,
  type RetryAlgorithm,
} from '../../../src/limiter/retry/retry-delay';

const delays = (algorithm: RetryAlgorithm, waitMs = 1_000): number[] =>
  [1, 2, 3, 4, 5, 6].map((n) => retryDelayMs({ algorithm, waitMs, jitter: 0 }, n, 0.5));

const anyPolicy = fc.record({
  algorithm: fc.constantFrom(...RETRY_ALGORITHMS),
  waitMs: fc.double({ min: 1, max: LONGEST_RETRY_DELAY_MS, noNaN: true }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});
const anyRepetition = fc.integer({ min: 1, max: 10_000 });
const anyChance = fc.double({ min: 0, max: 1, noNaN: true });

describe('the delay before a repetition', () => {
  it.each<[RetryAlgorithm, number[]]>([
    ['Exponential', [1_000, 2_000, 4_000, 8_000, 16_000, 32_000]],
    ['Linear', [1_000, 2_000, 3_000, 4_000, 5_000, 6_000]],
    ['Fibonacci', [1_000, 1_000, 2_000, 3_000, 5_000, 8_000]],
  ])('grows as %s says', (algorithm, expected) => {
    expect(delays(algorithm)).toEqual(expected);
  });

  it('is whole milliseconds from 1 to a day, however often and by whatever chance', () => {
    fc.assert(
      fc.property(anyPolicy, anyRepetition, anyChance, (policy, repetition, chance) => {
        const ms = retryDelayMs(policy, repetition, chance);
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(1);
        expect(ms).toBeLessThanOrEqual(LONGEST_RETRY_DELAY_MS);
      }),
    );
  });

  it('never shrinks from one repetition to the next without jitter', () => {
    fc.assert(
      fc.property(anyPolicy, anyRepetition, (policy, repetition) => {
        const without = { ...policy, jitter: 0 };
        expect(retryDelayMs(without, repetition + 1, 0)).toBeGreaterThanOrEqual(retryDelayMs(without, repetition, 0));
      }),
    );
  });

  it('loses to chance no more than the share that jitter leaves to it', () => {
    fc.assert(
      fc.property(anyPolicy, anyRepetition, anyChance, (policy, repetition, chance) => {
        const full = retryDelayMs(policy, repetition, 0);
        const ms = retryDelayMs(policy, repetition, chance);
        expect(ms).toBeLessThanOrEqual(full);
        expect(ms).toBeGreaterThanOrEqual(Math.floor(full * (1 - policy.jitter)) - 1);
      }),
    );
  });
});
