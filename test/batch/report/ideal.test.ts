import fc from 'fast-check';
import { allowance, countedBy, idealSeconds, quotaShare, type WorkTotals } from '../../../src/batch/report/ideal';
import { algorithmNames } from '../../../src/limiter/algorithms/algorithms';
import { defineLimits } from '../../../src/limiter/definition/definition';
import { Ledger } from '../../../src/limiter/ledger/ledger';
import { limitFromJSON, type LimitJSON } from '../../../src/limiter/definition/limits';
import { take } from '../../support/started-at-once';

const calls = (capacity: number, windowSeconds: number, algorithm = 'SlidingWindow') =>
  ({ kind: 'call', capacity, windowSeconds, algorithm }) as LimitJSON;
const tokens = (capacity: number, windowSeconds: number, algorithm = 'SlidingWindow') =>
  ({ kind: 'rate', key: 'input_tokens', capacity, windowSeconds, algorithm }) as LimitJSON;
const connections = (capacity: number): LimitJSON => ({ kind: 'resource', key: 'connections', capacity });

const work = (items: number, inputTokens = 0, meanHoldSeconds = 0): WorkTotals => ({
  items,
  units: { input_tokens: inputTokens },
  meanHoldSeconds,
});

describe('the ideal time', () => {
  it.each(['SlidingWindow', 'FixedWindow'])('waits for whole windows after a free burst: %s', (algorithm) => {
    const sets = [{ limits: [calls(10, 5, algorithm)] }];
    expect(idealSeconds(sets, work(10))).toBe(0);
    expect(idealSeconds(sets, work(11))).toBe(5);
    expect(idealSeconds(sets, work(20))).toBe(5);
    expect(idealSeconds(sets, work(100))).toBe(45);
  });

  it('knows that fixed windows begin with the clock: work that begins late in one has the next one soon', () => {
    const sets = [{ limits: [calls(10, 5, 'FixedWindow')] }];
    expect(idealSeconds(sets, { ...work(20), startedAt: 1_000_004 })).toBe(1);
    expect(idealSeconds(sets, { ...work(30), startedAt: 1_000_004 })).toBe(6);
    expect(quotaShare(calls(10, 5, 'FixedWindow'), 30, 6, 0, 1_000_004)).toBe(1);
  });

  it('counts what was used where a limit gives the unused back, and what was requested where it does not', () => {
    const timeOf = (unused: 'returned' | 'kept') =>
      idealSeconds([{ limits: [{ ...tokens(100, 1), unused } as LimitJSON] }], {
        ...work(10, 1000),
        used: { input_tokens: 200 },
      });
    expect([timeOf('returned'), timeOf('kept')]).toEqual([1, 9]);
  });

  it('weighs the units that a limit counts', () => {
    const all = {
      kind: 'rate',
      key: 'all',
      capacity: 60,
      windowSeconds: 1,
      counts: { input_tokens: 1, output_tokens: 5 },
    };
    const totals = { items: 1, units: { input_tokens: 10, output_tokens: 10 }, meanHoldSeconds: 0 };
    expect(idealSeconds([{ limits: [all as LimitJSON] }], totals)).toBe(0);
    expect(idealSeconds([{ limits: [{ ...all, capacity: 30 } as LimitJSON] }], totals)).toBe(1);
  });

  it.each(['TokenBucket', 'GCRA', 'LeakyBucket'])('follows the rate after a free burst: %s', (algorithm) => {
    const sets = [{ limits: [calls(10, 5, algorithm)] }];
    expect(idealSeconds(sets, work(10))).toBe(0);
    expect(idealSeconds(sets, work(11))).toBeCloseTo(0.5, 5);
    expect(idealSeconds(sets, work(100))).toBeCloseTo(45, 5);
  });

  it('is work over permits when connections bind', () => {
    expect(idealSeconds([{ limits: [connections(4)] }], work(100, 0, 2))).toBeCloseTo(50, 5);
    expect(idealSeconds([{ limits: [connections(4)] }], work(4, 0, 2))).toBe(2);
  });

  it('is that of the scarcest limit, and the last item still has to end', () => {
    const sets = [{ limits: [calls(100, 1), tokens(1000, 1), connections(1000)] }];
    expect(idealSeconds(sets, work(200, 5000, 0.5))).toBeCloseTo(4.5, 5);
  });

  it('spreads the work over sets by what each can carry', () => {
    expect(idealSeconds([{ limits: [calls(10, 1)] }, { limits: [calls(30, 1)] }], work(400))).toBe(9);
    expect(idealSeconds(Array(3).fill({ limits: [calls(10, 1)] }), work(30))).toBe(0);
  });

  it('is nothing without limits or without work, and endless where nothing is let through', () => {
    expect(idealSeconds([{ limits: [] }], work(1e6, 1e9))).toBe(0);
    expect(idealSeconds([{ limits: [calls(1, 60)] }], work(0))).toBe(0);
    expect(idealSeconds([], work(1))).toBe(Infinity);
  });

  it('never grows with capacity and never shrinks with work', () => {
    const capacity = fc.integer({ min: 1, max: 50 });
    const algorithm = fc.constantFrom('SlidingWindow', 'TokenBucket', 'FixedWindow');
    fc.assert(
      fc.property(capacity, capacity, algorithm, fc.integer({ min: 1, max: 500 }), (c, permits, kind, items) => {
        const time = (more: number, extra: number) =>
          idealSeconds([{ limits: [calls(c + more, 3, kind), connections(permits)] }], work(items + extra, 0, 0.7));
        expect(time(1, 0)).toBeLessThanOrEqual(time(0, 0));
        expect(time(0, 1)).toBeGreaterThanOrEqual(time(0, 0));
      }),
    );
  });
});

describe.each(algorithmNames)('no run is better than the ideal one: %s', (algorithm) => {
  it('whenever it begins, however large its items are, and whatever of them was used', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 60 }),
        fc.integer({ min: 0, max: 20_000 }).map((ms) => ms / 1_000),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.double({ min: 0, max: 1, noNaN: true })), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.constantFrom('returned', 'kept', undefined),
        (capacity, startedAt, items, unused) => {
          const limit = { ...tokens(capacity, 5, algorithm), ...(unused && { unused }) } as LimitJSON;
          const { seconds, used } = greedyRun(limit, items, startedAt);
          const units = { input_tokens: items.reduce((sum, [requested]) => sum + requested, 0) };
          const totals = { items: items.length, units, used: { input_tokens: used }, startedAt, meanHoldSeconds: 0 };
          expect(idealSeconds([{ limits: [limit] }], totals)).toBeLessThanOrEqual(seconds + 1e-5);
          const counted = countedBy(limit, totals)['input_tokens'] ?? 0;
          expect(quotaShare(limit, counted, seconds + 1e-6, 0, startedAt)).toBeLessThanOrEqual(1 + 1e-6);
        },
      ),
    );
  });

  /** Starts each item as soon as there is room for it, and settles it at once. Says how long that takes. Unit: seconds. */
  function greedyRun(json: LimitJSON, items: readonly (readonly [number, number])[], startedAt: number) {
    const [definition] = defineLimits([limitFromJSON(json)], 'SlidingWindow');
    const ledger = new Ledger([definition!], startedAt * 1_000);
    let now = startedAt * 1_000;
    let used = 0;
    for (const [requested, share] of items) {
      now = ledger.readyAt([requested], now);
      take(ledger, [requested], now);
      ledger.settle(0, requested, requested * share, now, { from: now, to: now });
      used += requested * share;
    }
    return { seconds: now / 1_000 - startedAt, used };
  }
});

describe('the share of a quota that was used', () => {
  it('is whole for a run that took all that the limit let through', () => {
    expect(quotaShare(calls(10, 5), 100, 45, 0)).toBe(1);
    expect(quotaShare(calls(10, 5, 'TokenBucket'), 100, 45, 0)).toBe(1);
    expect(quotaShare(connections(4), 100, 50, 2)).toBe(1);
  });

  it('is a part of it otherwise', () => {
    expect(quotaShare(calls(10, 5), 50, 45, 0)).toBe(0.5);
    expect(quotaShare(connections(4), 0, 0, 2)).toBe(0);
    expect(allowance(calls(10, 5), 4.999, 0)).toBe(10);
  });
});
