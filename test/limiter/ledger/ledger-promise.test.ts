import fc from 'fast-check';
import { algorithms, revisable } from '../../../src/limiter/algorithms/algorithms';
import type { Algorithm, AlgorithmName } from '../../../src/limiter/algorithms/algorithm';
import { Ledger, type LedgerSnapshot } from '../../../src/limiter/ledger/ledger';
import type { WindowDefinition } from '../../../src/limiter/definition/definition';
import { modelOf, worstCase, type Promised } from '../../support/algorithm-models';
import { limitOf } from '../../support/limit-of';
import { reload } from '../../support/reload';
import { take } from '../../support/started-at-once';

const WINDOW_MS = 40;
const CAPACITY = 12;
const EPSILON = 1e-6;

/** A promise as those who must keep it see it. */
interface Kept {
  heldAt: number;
  /** Number of the command that held it. */
  order: number;
  from: number;
  to: number | undefined;
  amount: number;
  settled?: { at: number; order: number; unused: number };
}

const commands = fc.array(
  fc.record({
    kind: fc.constantFrom<'take' | 'promise' | 'land' | 'landLate' | 'unhold' | 'settle' | 'reload' | 'pass'>(
      'take',
      'promise',
      'promise',
      'land',
      'land',
      'landLate',
      'unhold',
      'settle',
      'reload',
      'pass',
    ),
    pauseMs: fc.constantFrom(0, 0, 0, 1, 3, 10, 20, 39, 40, 41, 95),
    amount: fc.integer({ min: 1, max: CAPACITY }),
    ms: fc.constantFrom(0, 1, 7, 15, 40, 60, 130),
    pick: fc.nat(99),
  }),
  { minLength: 5, maxLength: 45 },
);

const plain = (name: AlgorithmName): Algorithm => algorithms[name];
const cases = Object.values(algorithms).flatMap(({ name }) =>
  revisable(name) !== algorithms[name]
    ? [
        { name, counting: plain, how: 'as it is heard of' },
        { name, counting: revisable, how: 'whose past can be revised' },
      ]
    : [{ name, counting: plain, how: 'as it is heard of' }],
);

describe.each(cases)('promises on $name, $how', ({ name, counting }) => {
  const definition: WindowDefinition = {
    ...limitOf(name, { windowMs: WINDOW_MS, capacity: CAPACITY }),
    unused: 'returned',
  };
  const newLedger = (now: number, snapshot?: LedgerSnapshot): Ledger =>
    new Ledger([definition], now, snapshot, counting);

  /** Plays a history, and hands back every promise that was made. */
  function play(
    history: readonly (typeof commands extends fc.Arbitrary<infer H> ? H : never)[number][],
    start: number,
  ) {
    let ledger = newLedger(start);
    let now = start;
    const kept: Kept[] = [];
    history.forEach(({ kind, pauseMs, amount, ms, pick }, order) => {
      now += pauseMs;
      const among = (eligible: readonly Kept[]): Kept | undefined => eligible[pick % Math.max(1, eligible.length)];
      const open = kept.filter(({ to, from }) => to === undefined && from <= now);
      if (kind === 'take' && ledger.readyAtOne(0, amount, now) <= now) {
        take(ledger, [amount], now);
        kept.push({ heldAt: now, order, from: now, to: now, amount });
      } else if (kind === 'promise') {
        // looking ahead: promised now, to be started not before the moment at which it will be there
        const from = ledger.readyAtOne(0, amount, now);
        if (from > now + ms) return;
        ledger.hold(0, amount);
        kept.push({ heldAt: now, order, from: Math.max(from, now), to: undefined, amount });
      } else if (kind === 'land' || kind === 'landLate') {
        const promise = among(open);
        if (promise === undefined) return;
        promise.to = Math.max(promise.from, kind === 'land' ? now + ms : now - ms);
        ledger.land(0, promise.amount, promise.to, now);
      } else if (kind === 'unhold') {
        const promise = among(open);
        if (promise === undefined) return;
        ledger.unhold(0, promise.amount);
        kept.splice(kept.indexOf(promise), 1);
      } else if (kind === 'settle') {
        const promise = among(kept.filter(({ to, settled }) => to !== undefined && settled === undefined));
        if (promise === undefined) return;
        const used = Math.min(promise.amount, ms % 5);
        const at = promise.to ?? now;
        ledger.settle(0, promise.amount, used, now, { from: at, to: at });
        promise.settled = { at: now, order, unused: promise.amount - used };
      } else if (kind === 'reload') {
        ledger = newLedger(now, reload(ledger.snapshot()));
      }
    });
    return { kept, now };
  }

  test('L2: no window exceeds the capacity, whichever moment each promise is started at', () => {
    fc.assert(
      fc.property(commands, fc.nat(100), (history, start) => {
        const { kept, now } = play(
          history.filter(({ kind }) => kind !== 'settle'),
          start,
        );
        const promises: Promised[] = kept.map(({ from, to, amount }) => ({
          from,
          to: to ?? Math.max(now, from),
          amount,
        }));
        expect(worstCase(name, definition, promises)).toBeLessThanOrEqual(EPSILON);
      }),
      { numRuns: 400 },
    );
  });

  test('L2: a strict provider that gives back what was not used refuses nothing', () => {
    fc.assert(
      fc.property(
        commands,
        fc.nat(100),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (history, start, draws) => {
          const { kept, now } = play(history, start);
          const shares = [() => 0, () => 1, (i: number) => draws[i] ?? 0.5, (i: number) => (i % 2 === 0 ? 0 : 1)];
          for (const share of shares) {
            const events = kept.flatMap((promise, i) => {
              const { heldAt, from, amount, order, settled } = promise;
              const to = Math.max(from, Math.min(promise.to ?? now, settled?.at ?? Infinity));
              const at = from + (to - from) * share(i);
              const events = [{ at, amount, order: at === heldAt ? order : -1, startedAt: at }];
              if (settled !== undefined) {
                const back = Math.max(settled.at, at);
                events.push({ at: back, amount: -settled.unused, order: settled.order, startedAt: at });
              }
              return events;
            });
            events.sort((a, b) => a.at - b.at || a.order - b.order);
            const provider = modelOf(name)(definition, start);
            for (const { at, amount, startedAt } of events) {
              if (amount < 0) provider.refund(at, -amount, startedAt);
              else {
                expect(provider.available(at)).toBeGreaterThanOrEqual(amount - EPSILON);
                provider.take(at, amount);
              }
            }
          }
        },
      ),
      { numRuns: 250 },
    );
  });

  test('L2: a strict provider that never counts what is not needed refuses nothing either, if that is told late', () => {
    if (counting === plain && name !== 'SlidingWindow' && name !== 'FixedWindow') return;
    fc.assert(
      fc.property(commands, fc.nat(100), (history, start) => {
        const { kept, now } = play(history, start);
        const promises = kept.map(({ from, to, amount, settled }): Promised => {
          return { from, to: to ?? Math.max(now, from), amount: amount - (settled?.unused ?? 0) };
        });
        expect(worstCase(name, definition, promises)).toBeLessThanOrEqual(EPSILON);
      }),
      { numRuns: 400 },
    );
  });

  test('L1: available is what the provider has when each promise lands as late as it may, less what is open', () => {
    fc.assert(
      fc.property(commands, fc.nat(100), (history, start) => {
        let ledger = newLedger(start);
        const twin = newLedger(start);
        let now = start;
        let held = 0;
        const events: { at: number; order: number; amount: number }[] = [];
        const open: number[] = [];
        history.forEach(({ kind, pauseMs, amount, ms, pick }, order) => {
          now += pauseMs;
          const both = (change: (one: Ledger) => void): void => [ledger, twin].forEach(change);
          if (kind === 'take') {
            both((one) => take(one, [amount], now));
            events.push({ at: now, order, amount });
          } else if (kind === 'promise') {
            both((one) => one.hold(0, amount));
            open.push(amount);
            held += amount;
          } else if ((kind === 'land' || kind === 'unhold') && open.length > 0) {
            const [promised = 0] = open.splice(pick % open.length, 1);
            held -= promised;
            if (kind === 'unhold') both((one) => one.unhold(0, promised));
            else {
              both((one) => one.land(0, promised, now + ms, now));
              events.push({ at: now + ms, order: ms === 0 ? order : -1, amount: promised });
            }
          } else if (kind === 'reload') ledger = newLedger(now, reload(ledger.snapshot()));
          const provider = modelOf(name)(definition, start);
          events.sort((a, b) => a.at - b.at || a.order - b.order);
          let landing = 0;
          for (const event of events) {
            if (event.at <= now) provider.take(event.at, event.amount);
            else landing += event.amount;
          }
          const expected = provider.available(now) - held - landing;
          expect(ledger.available(0, now)).toBeCloseTo(expected, 6);
          expect(twin.available(0, now)).toBe(ledger.available(0, now));
          expect(ledger.readyAtOne(0, amount, now) <= now).toBe(expected >= amount - EPSILON);
        });
      }),
      { numRuns: 150 },
    );
  });
});
