import fc from 'fast-check';
import { algorithmNames, algorithms, revisable } from '../../../src/limiter/algorithms/algorithms';
import type { AlgorithmName } from '../../../src/limiter/algorithms/algorithm';
import type { WindowDefinition } from '../../../src/limiter/definition/definition';
import { Count } from '../../../src/limiter/ledger/count';
import { reload } from '../../support/reload';

const WINDOW_MS = 60_000;
/** On the boundary of a window. */
const START = 1_700_000_040_000;

const limit = (algorithm: AlgorithmName, capacity: number): WindowDefinition => ({
  ...{ kind: 'call', key: 'calls', algorithm, windowMs: WINDOW_MS, capacity, overage: 'charge' },
});

/** Each algorithm as it is counted in a process and in a limiter. */
const KINDS = algorithmNames.flatMap((name) => [
  { name, where: 'a process', counting: (of: AlgorithmName) => algorithms[of] },
  { name, where: 'a limiter', counting: revisable },
]);

describe.each(KINDS)('a count by $name in $where', ({ name, counting }) => {
  const count = (capacity: number): Count => new Count(limit(name, capacity), START, counting);

  it('makes of a used window no debt of many when its capacity is lowered', () => {
    const lowered = count(1_000);
    lowered.consume(START, 1_000);
    lowered.resize(10, START + 1_000);
    expect(lowered.available(START + 1_000)).toBeLessThanOrEqual(0);
    expect(lowered.availableAt(START + 1_000, 1)).toBeLessThanOrEqual(START + WINDOW_MS + 6_000);
    const redefined = count(1_000);
    redefined.consume(START, 1_000);
    const next = redefined.redefined(limit(name, 10), START + 1_000);
    expect(next.availableAt(START + 1_000, 1)).toBeLessThanOrEqual(START + WINDOW_MS + 6_000);
  });

  it('keeps what exceeded the capacity as a debt of the lower one', () => {
    const lowered = count(50);
    lowered.consume(START, 100);
    lowered.resize(10, START);
    // what a window counts leaves it as it came
    expect(lowered.available(START + WINDOW_MS)).toBeLessThanOrEqual(name === 'SlidingWindow' ? 10 : 0);
  });

  it('has the same again when the capacity is what it was', () => {
    const steps = fc.array(
      fc.record({ ms: fc.nat(20_000), use: fc.nat(40), capacity: fc.constantFrom(undefined, 10, 30, 100) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(steps, (taken) => {
        const [changed, same] = [count(100), count(100)];
        let now = START;
        for (const { ms, use, capacity } of taken) {
          now += ms;
          if (capacity !== undefined) changed.resize(capacity, now);
          const free = changed.available(now);
          expect(free).toBeLessThanOrEqual(Math.min(changed.definition.capacity, same.available(now)) + 1e-6);
          const wanted = Math.min(use, changed.definition.capacity);
          if (changed.availableAt(now, wanted) === now) expect(wanted).toBeLessThanOrEqual(Math.max(0, free) + 1e-6);
          const used = Math.max(0, Math.min(wanted, free));
          for (const one of [changed, same]) one.consume(now, used);
        }
        changed.resize(100, now);
        expect(changed.available(now)).toBeCloseTo(same.available(now), 5);
      }),
      { numRuns: 300 },
    );
  });

  it('goes on as it was after a snapshot', () => {
    const before = count(100);
    before.consume(START, 80);
    before.resize(30, START + 1_000);
    before.consume(START + 2_000, 3);
    const after = new Count(limit(name, 100), START + 3_000, counting, reload(before.snapshot(100)));
    for (const ms of [3_000, 20_000, 59_000, 61_000, 130_000])
      expect(after.available(START + ms)).toBe(before.available(START + ms));
    after.resize(100, START + 140_000);
    expect(after.available(START + 140_000)).toBe(100);
  });
});
