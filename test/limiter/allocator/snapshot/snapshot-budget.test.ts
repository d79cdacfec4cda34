import { Allocator, type AllocatorSnapshot } from '../../../../src/limiter/allocator/allocator';
import { unpack } from '../../../../src/limiter/allocator/snapshot/packed';
import { fitsOneMore, mostClients, withinBudget } from '../../../../src/limiter/allocator/snapshot/snapshot-budget';
import { calls, permits, tokens } from '../../../../simulator/scenario/definitions';
import { Desk, granted } from '../../../support/desk';
import { reload } from '../../../support/reload';

const LIMITS = [calls(5e5, 60_000), tokens(1e6, 60_000), permits(500)];
const TWO_MIB = 2 * 2 ** 20;

const wishes = (count: number): number[][] =>
  Array.from({ length: count }, (_, i) => [1, 100 + ((i * 7919) % 1777), 1]);
const idOf = (i: number): string => `5f0c1c5e-0b1f-4b43-9f3e-${String(i).padStart(12, '0')}`;

function fleet(size: number, waiting: number): Desk {
  const desk = new Desk(LIMITS);
  for (let i = 0; i < size; i += 1) desk.says(idOf(i), { demand: wishes(waiting) });
  desk.turn();
  return desk;
}

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const within = (snapshot: AllocatorSnapshot): AllocatorSnapshot =>
  unpack(reload(withinBudget(snapshot))) as AllocatorSnapshot;

test('a snapshot that Temporal takes is handed on as it is', () => {
  const snapshot = fleet(50, 256).allocator.snapshot();
  expect(withinBudget(snapshot)).toBe(snapshot);
});

test('a fleet that waits for more than Temporal takes is cut short, and nothing that is taken is forgotten', () => {
  const snapshot = fleet(300, 256).allocator.snapshot();
  expect(bytes(snapshot)).toBeGreaterThan(TWO_MIB);
  expect(bytes(withinBudget(snapshot))).toBeLessThan(TWO_MIB);
  const cut = within(snapshot);
  expect(cut.ledger).toEqual(snapshot.ledger);
  cut.clients.forEach((client, i) => {
    expect(client).toMatchObject({ units: snapshot.clients[i]?.units, permits: snapshot.clients[i]?.permits });
    expect(client.demand.waiting.length).toBeGreaterThan(0);
  });
});

test('a process whose queue was cut is pushed to, so that it tells all anew', () => {
  const desk = fleet(300, 256);
  const restored = Allocator.restore(within(desk.allocator.snapshot()), desk.now);
  restored.advance(desk.now);
  expect(restored.publish(desk.now)).toHaveLength(300);
  const sync = desk.says(idOf(7), { demand: wishes(256) });
  restored.receive(sync, desk.now);
  expect(restored.snapshot().clients.find(({ id }) => id === idOf(7))?.demand.waiting).toHaveLength(256);
});

test('as many clients are known as a snapshot has room for; the next one has to wait', () => {
  const desk = fleet(mostClients(LIMITS.length), 1);
  expect(bytes(withinBudget(desk.allocator.snapshot()))).toBeLessThan(TWO_MIB);
  desk.says('one too many');
  expect(desk.turn()).toMatchObject([{ client: 'one too many', status: 'full' }]);
  expect(mostClients(32)).toBeLessThan(mostClients(3));
});

test.each([1, 3, 8, 16])(
  'as many clients as are known have room while all are busy with fractions: of %d limits',
  (limits) => {
    const definitions = Array.from({ length: limits }, (_, i) => tokens(1e6, 60_000, `tokens ${i}`));
    const desk = new Desk(definitions);
    const most = mostClients(limits);
    const amounts = (i: number): number[] => definitions.map((_, k) => ((k + 1.37) * (1 + i / 977)) / 810);
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < most; i += 1) {
        const push = desk.heard.get(idOf(i));
        const used: [number, ...number[]][] =
          push === undefined ? [] : [[desk.now, ...definitions.map((_, k) => 0.7 * granted(push, k))]];
        desk.says(idOf(i), { queue: `limits-push:${idOf(i)}`, holdingMs: 123 + i / 7, used, demand: [amounts(i)] });
        if (i % 100 === 0) desk.turn(1);
      }
      desk.turn(1_000.33);
    }
    const snapshot = desk.allocator.snapshot();
    expect(snapshot.clients).toHaveLength(most);
    expect(bytes(withinBudget(snapshot))).toBeLessThan(TWO_MIB);
    expect(within(snapshot).clients).toEqual(reload(snapshot.clients));
  },
);

test('clients with long addresses count for more', () => {
  const known = (length: number) =>
    Array.from({ length: 1_500 }, (_, i) => ({ id: `client ${i}`, queue: 'q'.repeat(length) }));
  const newcomer = { id: 'one more', queue: 'q' };
  expect(fitsOneMore(newcomer, known(50), 1)).toBe(true);
  expect(fitsOneMore(newcomer, known(1_000), 1)).toBe(false);
  expect(fitsOneMore(newcomer, known(1_000).slice(0, 900), 1)).toBe(true);
});
