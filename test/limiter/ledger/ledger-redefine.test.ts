import type { WindowDefinition } from '../../../src/limiter/definition/definition';
import { Ledger } from '../../../src/limiter/ledger/ledger';
import { take } from '../../support/started-at-once';

describe('a ledger under new definitions', () => {
  const limit = (options: Partial<WindowDefinition>): WindowDefinition => ({
    kind: 'rate',
    key: 'a',
    algorithm: 'SlidingWindow',
    windowMs: 1000,
    capacity: 10,
    overage: 'reject',
    ...options,
  });

  it.each<[string, Partial<WindowDefinition>, number]>([
    ['another algorithm', { algorithm: 'TokenBucket' }, 0],
    ['a longer window', { windowMs: 60_000 }, 0],
    ['a shorter window', { windowMs: 500 }, 0],
    ['more capacity', { capacity: 15 }, 5],
    ['less capacity', { capacity: 4 }, -6],
  ])('keeps what is taken under %s', (_, change, available) => {
    const ledger = new Ledger([limit({})], 0);
    take(ledger, [10], 0);
    const next = ledger.redefine([limit(change)], 100);
    expect(next.available(0, 100)).toBe(available);
  });

  it('holds what was taken for a whole window of the new length', () => {
    const ledger = new Ledger([limit({})], 0);
    take(ledger, [10], 0);
    const next = ledger.redefine([limit({ windowMs: 60_000 })], 500);
    expect(next.available(0, 60_499)).toBe(0);
    expect(next.available(0, 60_500)).toBe(10);
  });

  it('keeps promises, and forgets only limits that are gone', () => {
    const ledger = new Ledger([limit({}), { kind: 'resource', key: 'p', capacity: 3 }], 0);
    ledger.hold(0, 4);
    ledger.hold(1, 2);
    const next = ledger.redefine([{ kind: 'resource', key: 'p', capacity: 5 }, limit({ algorithm: 'GCRA' })], 10);
    expect([next.available(0, 10), next.available(1, 10)]).toEqual([3, 6]);
    expect(ledger.redefine([limit({ key: 'b' })], 10).available(0, 10)).toBe(10);
  });
});
