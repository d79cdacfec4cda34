import fc from 'fast-check';
import { oddJson } from '../../../fuzz/values';
import { Allocator } from '../../../src/limiter/allocator/allocator';
import type { Sync } from '../../../src/limiter/protocol/wire';
import { calls, defined, permits, tokens } from '../../../simulator/scenario/definitions';
import { Desk, START } from '../../support/desk';
import { reload } from '../../support/reload';

const LIMITS = [
  { ...calls(10, 1_000), follow: true as const },
  { ...tokens(100, 1_000), algorithm: 'TokenBucket' as const },
  { ...permits(3), adaptive: { min: 1, max: 3 } },
];
const MOST = Number.MAX_SAFE_INTEGER;

const amounts = fc.tuple(...LIMITS.map(() => fc.constantFrom(0, 1, 2, 5, 1e6, MOST, 1e308)));
const checkpoint = fc.tuple(
  fc.constantFrom(-1e308, 0, START, START + 500, 1e308),
  fc.constantFrom(0, 3, 1e9, MOST),
  fc.constantFrom(0, 50, 1e9, MOST),
  fc.constantFrom(0, 1),
);
const demandRun = fc.tuple(
  fc.constantFrom(0, 1, 5, 1e6, MOST),
  fc.constantFrom(-1, 0, 1e308),
  fc.constantFrom(-1, 0, START, 1e308),
  fc.constantFrom(0, 1, 1e-300, 1e308),
  fc.constantFrom(0, 1, 0.5, 1e308),
  fc.constantFrom(0, 1, 2, 1e9),
);

const seen = fc.tuple(
  fc.constantFrom(0, 1, 2),
  fc.constantFrom(0, START, 1e308),
  fc.constantFrom(-1, 0, 5e-324, 7, MOST),
  fc.constantFrom(0, 5e-324, 9, MOST),
);
const feedback = fc.record(
  {
    ok: fc.constantFrom(0, 1, MOST),
    throttled: fc.constantFrom(0, 1, MOST),
    failed: fc.constantFrom(0, 1, MOST),
    cause: fc.constantFrom('rate_limit', 'unauthorized'),
    at: fc.constantFrom(0, START, 1e308),
    holdMs: fc.constantFrom(0, 1e-300, 1e308),
    seen: fc.array(seen, { maxLength: 2 }),
  },
  { requiredKeys: ['ok', 'throttled', 'failed'] },
);

/** Well-formed, and a lie. */
const lies = fc.record(
  {
    client: fc.constantFrom('victim', 'liar', '__proto__'),
    seq: fc.constantFrom(1, 2, 3, 50, Number.MAX_SAFE_INTEGER),
    fence: fc.constantFrom(0, 1, START, START + 1, Number.MAX_SAFE_INTEGER),
    replaces: fc.constantFrom('victim', 'nobody', '__proto__'),
    seen: fc.constantFrom(0, 1, 1e9),
    seenGrants: fc.constantFrom(0, 1, 1e9),
    used: fc.array(checkpoint, { maxLength: 3 }),
    returned: amounts,
    refunded: amounts,
    excess: amounts,
    inUse: amounts,
    keep: amounts,
    ahead: amounts,
    answered: fc.array(fc.constantFrom(null, -1e15, -1, 0, 1, 1e15), { maxLength: 3 }),
    holdingMs: fc.constantFrom(0, 1e-300, 100, 1e308),
    demand: fc.array(demandRun, { maxLength: 3 }),
    feedback,
  },
  { requiredKeys: [] },
);
const nonsense = fc.dictionary(
  fc.constantFrom(
    'wire',
    'client',
    'seq',
    'queue',
    'fence',
    'version',
    'definition',
    'seen',
    'seenGrants',
    'used',
    'answered',
    'returned',
    'inUse',
    'keep',
    'ahead',
    'demand',
    '__proto__',
  ),
  oddJson,
);

function template(): Sync {
  const desk = new Desk(LIMITS);
  return desk.says('liar');
}

test('whatever a message says, nothing is thrown, and no capacity comes of it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof(lies, lies, nonsense), fc.nat(400)), { minLength: 1, maxLength: 25 }),
      (messages) => {
        const desk = new Desk(LIMITS);
        desk.says('victim', { demand: [[2, 20, 1]] });
        desk.turn();
        for (const [said, ms] of messages) {
          desk.allocator.receive(reload({ ...template(), ...said }), desk.now);
          desk.turn(ms);
          const snapshot = reload(desk.allocator.snapshot());
          Allocator.restore(snapshot, desk.now);
          const { ledger, clients } = snapshot;
          for (const { held } of ledger) expect(held).toBeGreaterThanOrEqual(0);
          for (const [i, limit] of LIMITS.entries()) {
            expect(desk.available(limit.key)).toBeLessThanOrEqual(limit.capacity);
            const outstanding = clients.reduce((sum, { units }) => sum + units.granted[i]! - units.resolved[i]!, 0);
            expect(outstanding).toBeLessThanOrEqual(limit.capacity * (1 + 1e-9));
          }
          expect(clients.reduce((sum, { permits: own }) => sum + own.cap[2]!, 0)).toBeLessThanOrEqual(3);
        }
      },
    ),
    { numRuns: 150, seed: 17 },
  );
});

test('what is no object, or nothing at all, is counted and forgotten', () => {
  const desk = new Desk(LIMITS);
  for (const message of [undefined, null, 1, 'sync', [], () => 1, Symbol('sync'), new Map()])
    desk.allocator.receive(message, desk.now);
  expect(desk.turn()).toEqual([]);
  expect(desk.allocator.stats(desk.now).counters.refused).toBe(8);
});

test('a message in the name of somebody who is understood otherwise does not reach that one', () => {
  const desk = new Desk(LIMITS);
  desk.says('victim');
  desk.turn();
  desk.allocator.receive({ ...template(), client: 'victim', seq: 99, used: 'nonsense' }, desk.now);
  expect(desk.turn()).toEqual([]);
  desk.allocator.receive({ ...template(), client: 'stranger', used: 'nonsense' }, desk.now);
  expect(desk.turn()).toMatchObject([{ client: 'stranger', status: 'refused', detail: 'not understood: used' }]);
});

test('a number that was used ends nobody, whatever it says', () => {
  const desk = new Desk(LIMITS);
  const { seq } = desk.says('victim', { demand: [[0, 0, 2]] });
  desk.turn();
  desk.allocator.receive({ ...template(), client: 'victim', seq, ends: true }, desk.now);
  expect(desk.allocator.stats(desk.now).clients).toBe(1);
  desk.says('other', { demand: [[0, 0, 3]] });
  desk.turn();
  expect(desk.levels(2)).toBeLessThanOrEqual(3);
});

test('another definition in the name of somebody who is known does not reach that one', () => {
  const desk = new Desk(LIMITS);
  desk.says('victim');
  desk.turn();
  const definition = defined([...LIMITS].reverse());
  desk.allocator.receive({ ...template(), client: 'victim', seq: 99, definition }, desk.now);
  expect(desk.turn()).toEqual([]);
  expect(desk.allocator.stats(desk.now).counters.refused).toBe(1);
  desk.allocator.receive({ ...template(), client: 'stranger', definition }, desk.now);
  expect(desk.turn()).toMatchObject([{ client: 'stranger', status: 'conflict' }]);
});
