import { calls, defined } from '../../../../simulator/scenario/definitions';
import { landsAt } from '../../../../src/limiter/allocator/account/landing';
import type { AlgorithmName } from '../../../../src/limiter/algorithms/algorithm';
import { Ledger } from '../../../../src/limiter/ledger/ledger';

const NOW = 10_000;
/** The guard is 50 ms. */
const books = (algorithm: AlgorithmName = 'SlidingWindow', windowMs = 1_000, trustsAnswers = true) => {
  const definition = defined([{ ...calls(10, windowMs), algorithm }]);
  return { definition, ledger: new Ledger(definition.limits, 0), guards: [50, 50] as const, trustsAnswers, now: NOW };
};
const usage = (at: number, answeredAt = Infinity) => ({ at, answeredAt, totals: [1] });

describe('a call that has been started', () => {
  test('lands a guard later where no answer is known', () => {
    expect(landsAt(usage(9_000), 0, 0, books())).toBe(9_050);
  });

  test('lands with its answer, if that comes before; then only clocks may disagree', () => {
    expect(landsAt(usage(9_000, 9_020), 0, 0, books())).toBe(9_030);
    expect(landsAt(usage(9_000, 8_990), 0, 0, books())).toBe(9_000);
    expect(landsAt(usage(9_000, 9_200), 0, 0, books())).toBe(9_050);
  });

  test('lands a guard later in a long window, in which clocks may come apart by as much', () => {
    expect(landsAt(usage(9_000, 9_020), 0, 0, books('SlidingWindow', 20_000))).toBe(9_050);
    expect(landsAt(usage(9_000, 9_020), 0, 0, books('GCRA', 8_000))).toBe(9_040);
  });

  test('lands a guard later where a window begins by the provider’s clock', () => {
    expect(landsAt(usage(9_000, 9_020), 0, 0, books('FixedWindow'))).toBe(9_050);
  });

  test('lands a guard later where the provider may count later than it answers', () => {
    expect(landsAt(usage(9_000, 9_020), 0, 0, books('SlidingWindow', 1_000, false))).toBe(9_050);
  });

  test('lands neither before it could start nor after its message came, whatever the message says', () => {
    expect(landsAt(usage(1_000, 1_000), 0, 9_500, books())).toBe(9_510);
    expect(landsAt(usage(1e15, 1e15), 0, 9_500, books())).toBe(NOW + 10);
    expect(landsAt(usage(1e15), 0, 9_500, books())).toBe(NOW + 50);
  });
});
