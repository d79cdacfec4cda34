import fc from 'fast-check';
import { algorithms } from '../../../src/limiter/algorithms/algorithms';
import type { AlgorithmName } from '../../../src/limiter/algorithms/algorithm';
import type { LimitDefinition } from '../../../src/limiter/definition/definition';
import { Ledger } from '../../../src/limiter/ledger/ledger';
import { StartingLedger } from '../../../src/limiter/ledger/starting-ledger';
import { calls, permits, tokens } from '../../../simulator/scenario/definitions';
import { worstCase, type Promised } from '../../support/algorithm-models';
import { limitOf } from '../../support/limit-of';

const names = Object.values(algorithms).map(({ name }) => name);
const WINDOW = { windowMs: 1_000, capacity: 10 };

function starting(limits: readonly LimitDefinition[], guardMs = 0): StartingLedger {
  return new StartingLedger(new Ledger(limits, 0), () => guardMs);
}

/** What has been taken is started at this moment. */
function start(ledger: StartingLedger, now: number): void {
  ledger.turn(now);
  ledger.turn(now);
}

const commands = fc.array(
  fc.record({
    kind: fc.constantFrom<'take' | 'turn' | 'settle' | 'pass'>('take', 'take', 'turn', 'turn', 'settle', 'pass'),
    amount: fc.integer({ min: 1, max: 10 }),
    pauseMs: fc.constantFrom(0, 0, 1, 7, 130, 400, 1_000),
  }),
  { maxLength: 60 },
);

/** A call, and what of it was not used by the time it had ended. */
interface Call extends Promised {
  readonly unused: number;
}

/** Plays a history: a call reaches its provider between when it is let through and the end of the turn after that. */
function play(name: AlgorithmName, history: typeof commands extends fc.Arbitrary<infer H> ? H : never): Call[] {
  const ledger = starting([{ ...limitOf(name, WINDOW), unused: 'returned' }]);
  const young: Call[] = [];
  const old: Call[] = [];
  const sent: Call[] = [];
  let now = 0;
  for (const { kind, amount, pauseMs } of history) {
    now += pauseMs;
    if (kind === 'take' && ledger.readyAt([amount], now) <= now) {
      ledger.take([amount], now);
      young.push({ from: now, to: Infinity, amount, unused: 0 });
    } else if (kind === 'settle' && (young.at(-1)?.unused ?? amount) === 0) {
      const call = young.pop();
      if (call === undefined) continue;
      const unused = Math.min(call.amount, amount);
      ledger.settle(ledger.startsNow, 0, call.amount, call.amount - unused, now);
      young.push({ ...call, unused });
    } else if (kind === 'turn') {
      ledger.turn(now);
      sent.push(...old.splice(0).map((call) => ({ ...call, to: now })));
      old.push(...young.splice(0));
    }
  }
  return [...sent, ...[...old, ...young].map((call) => ({ ...call, to: now }))];
}

describe.each(names)('a ledger of what its process starts: %s', (name) => {
  it('never has a provider exceed its capacity, whenever a call is sent until the turn after its own has passed', () => {
    fc.assert(
      fc.property(commands, (history) => {
        const sent = play(name, history).map((call) => ({ ...call, amount: call.amount - call.unused }));
        expect(worstCase(name, WINDOW, sent)).toBeLessThanOrEqual(1e-6);
      }),
      { numRuns: 400 },
    );
  });

  it('never takes more than there is, whatever guard is on the way', () => {
    const guards = fc.constantFrom(0, 50, 300, 1_500);
    fc.assert(
      fc.property(commands, guards, fc.nat(1_000), (history, guardMs, begin) => {
        const ledger = starting([limitOf(name, WINDOW)], guardMs);
        let now = begin;
        for (const { kind, amount, pauseMs } of history) {
          now += pauseMs;
          if (kind === 'turn') ledger.turn(now);
          if (kind !== 'take' || ledger.readyAt([amount], now) > now) continue;
          expect(ledger.available(0, now)).toBeGreaterThanOrEqual(amount - 1e-6);
          ledger.take([amount], now);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('says when a request may pass at the earliest, and lets it pass in the end', () => {
    fc.assert(
      fc.property(commands, fc.integer({ min: 1, max: 10 }), fc.constantFrom(0, 300), (history, amount, guardMs) => {
        const ledger = starting([limitOf(name, WINDOW)], guardMs);
        let now = 0;
        for (const { kind, amount: taken, pauseMs } of history) {
          now += pauseMs;
          if (kind === 'turn') ledger.turn(now);
          if (kind === 'take' && ledger.readyAt([taken], now) <= now) ledger.take([taken], now);
        }
        const foreseen = ledger.readyAt([amount], now);
        expect(foreseen).toBeLessThanOrEqual(now + guardMs + 2 * WINDOW.windowMs);
        start(ledger, now);
        now += guardMs;
        const readyAt = ledger.readyAt([amount], now);
        expect(readyAt).toBeLessThan(Infinity);
        expect(foreseen).toBeLessThanOrEqual(readyAt + 1e-6);
        expect(ledger.readyAt([amount], readyAt + 1e-6)).toBeLessThanOrEqual(readyAt + 1e-6);
      }),
      { numRuns: 400 },
    );
  });

  it('holds what was taken until the second turn, from when on it recovers', () => {
    const ledger = starting([limitOf(name, WINDOW)]);
    ledger.take([10], 0);
    ledger.turn(400);
    expect(ledger.available(0, 400)).toBe(0);
    expect(ledger.isStarting).toBe(true);
    ledger.turn(1_200);
    expect(ledger.isStarting).toBe(false);
    expect(ledger.available(0, 1_200)).toBe(0);
    expect(ledger.readyAt([10], 1_200)).toBeCloseTo(name === 'FixedWindow' ? 2_000 : 2_200);
  });

  it('foresees what has started before, debts too, and what is about to', () => {
    const ledger = starting([limitOf(name, WINDOW)], 300);
    ledger.take([9], 0);
    ledger.settle(ledger.startsNow, 0, 9, 29, 0);
    start(ledger, 0);
    ledger.take([1], 0);
    const foreseen = ledger.readyAt([10], 0);
    ledger.turn(0);
    ledger.turn(0);
    expect(ledger.readyAt([10], 0)).toBeCloseTo(ledger.readyAt([10], 300), 3);
    expect(foreseen).toBeLessThanOrEqual(ledger.readyAt([10], 300));
    if (name !== 'SlidingWindow') expect(foreseen).toBeGreaterThanOrEqual(2_000);
  });

  it('never counts what is known not to be needed before it has started', () => {
    const ledger = starting([{ ...limitOf(name, WINDOW), unused: 'returned' }]);
    ledger.take([10], 0);
    ledger.settle(ledger.startsNow, 0, 10, 4, 0);
    expect(ledger.readyAt([6], 0)).toBe(0);
    start(ledger, 0);
    expect(ledger.available(0, 0)).toBeCloseTo(6);
    expect(ledger.ledger.held(0)).toBe(0);
  });
});

describe('a ledger of what its process starts', () => {
  it('counts all of a request where unused units are kept, and what was used above it at once', () => {
    const ledger = starting([{ ...tokens(10, 1_000), unused: 'kept' }]);
    ledger.take([6], 0);
    ledger.settle(ledger.startsNow, 0, 6, 1, 0);
    expect(ledger.available(0, 0)).toBe(4);
    ledger.settle(ledger.startsNow, 0, 0, 7, 0);
    expect(ledger.available(0, 0)).toBe(-3);
    start(ledger, 100);
    expect(ledger.available(0, 1_000)).toBe(4);
    expect(ledger.available(0, 1_100)).toBe(10);
  });

  it('keeps permits without a turn', () => {
    const ledger = starting([tokens(10, 1_000), permits(3)]);
    let turns = 0;
    ledger.onTake = () => (turns += 1);
    ledger.take([0, 3], 0);
    expect([turns, ledger.isStarting]).toEqual([0, false]);
    expect(ledger.readyAt([0, 1], 0)).toBe(Infinity);
    ledger.release([0, 3]);
    expect(ledger.readyAt([0, 1], 0)).toBe(0);
    ledger.take([1, 1], 0);
    expect([turns, ledger.isStarting]).toEqual([1, true]);
  });

  it('starts under a newer definition what was taken under an older one', () => {
    const older = starting([tokens(10, 1_000), calls(5, 1_000)]);
    older.take([8, 1], 0);
    const next = older.ledger.redefine([permits(2), { ...tokens(12, 2_000), unused: 'returned' }], 100);
    expect([next.available(1, 100), next.held(1)]).toEqual([4, 8]);
    older.settle(older.startsNow, 0, 8, 5, 100);
    start(older, 300);
    expect([next.held(0), next.held(1), next.available(1, 300)]).toEqual([0, 0, 7]);
    expect([next.available(1, 2_299), next.available(1, 2_300)]).toEqual([7, 12]);
  });
});

describe('a ledger that is defined anew before its units have started', () => {
  it.each([
    [
      'calls become units',
      calls(10, 1_000),
      { ...calls(10, 1_000), kind: 'rate' as const, overage: 'charge' as const },
    ],
    [
      'units become calls',
      { ...calls(10, 1_000), kind: 'rate' as const, overage: 'charge' as const },
      calls(10, 1_000),
    ],
    ['nothing changes but the capacity', calls(10, 1_000), calls(20, 1_000)],
  ])('holds none of them for good: %s', (_, before, after) => {
    const older = starting([before]);
    older.take([9], 0);
    const next = older.ledger.redefine([after], 0);
    expect(next.held(0)).toBe(9);
    start(older, 10);
    expect([next.held(0), next.available(0, 1_010)]).toEqual([0, after.capacity]);
  });

  it('forgets those of a limit that is no longer there, also once it is there again', () => {
    const older = starting([calls(10, 1_000)]);
    older.take([9], 0);
    const last = older.ledger.redefine([permits(1)], 0).redefine([calls(10, 1_000)], 0);
    start(older, 10);
    expect([last.held(0), last.available(0, 10)]).toEqual([0, 10]);
  });
});

describe('a ledger with a guard', () => {
  const guarded = (algorithm: AlgorithmName = 'SlidingWindow') =>
    starting([{ ...limitOf(algorithm, WINDOW), unused: 'returned' }, permits(3)], 200);

  it('has a unit recover a guard after its start', () => {
    const ledger = guarded();
    ledger.take([10, 1], 0);
    start(ledger, 50);
    expect(ledger.available(0, 249)).toBe(0);
    expect(ledger.readyAt([1, 0], 250)).toBe(1_250);
    expect(ledger.readyAt([1, 0], 1_250)).toBe(1_250);
    expect(ledger.readyAt([11, 0], 2_000)).toBe(Infinity);
  });

  it.each(['TokenBucket', 'GCRA'] as const)(
    'gives back at once what was not needed, before it counts: %s',
    (algorithm) => {
      const ledger = guarded(algorithm);
      const starts = ledger.startsNow;
      ledger.take([10, 0], 0);
      start(ledger, 0);
      ledger.settle(starts, 0, 10, 4, 100);
      expect(ledger.available(0, 100)).toBe(6);
      expect(ledger.available(0, 200)).toBeCloseTo(6);
      expect(ledger.available(0, 400)).toBeCloseTo(8);
    },
  );
});
