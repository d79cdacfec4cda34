import { calls, permits } from '../../../simulator/scenario/definitions';
import { Allocator } from '../../../src/limiter/allocator/allocator';
import type { ChangeRequest } from '../../../src/limiter/control/change';
import { whyOf } from '../../../src/limiter/control/why';
import { Desk, granted, START } from '../../support/desk';
import { reload } from '../../support/reload';

function why(desk: Desk) {
  return whyOf({ set: 'set', ...desk.allocator.inspect({}, desk.now) });
}

describe('a capacity that an operator has set', () => {
  test('counts in place of what the code says until it ends, and then no longer', () => {
    const desk = new Desk([calls(10, 1_000)]);
    const { capacities } = desk.allocator.change({ action: 'set', capacity: { calls: 4 }, forMs: 30_000 }, START);
    expect(capacities).toEqual({ calls: { before: 10, after: 4 } });
    desk.says('a', { demand: Array.from({ length: 10 }, () => [1]) });
    expect(granted(desk.turn()[0])).toBe(4);
    expect(desk.allocator.inspect({}, desk.now).limits[0]).toMatchObject({
      defined: 10,
      capacity: 4,
      source: 'operator',
    });
    desk.turn(30_000);
    expect(desk.allocator.inspect({}, desk.now).limits[0]).toMatchObject({ capacity: 10, source: 'code' });
    expect(desk.allocator.inspect({}, desk.now).control.capacity).toEqual({});
  });

  test('wakes the limiter when it ends: who waits is served then', () => {
    const desk = new Desk([permits(5)]);
    desk.allocator.change({ action: 'set', capacity: { connections: 1 }, forMs: 30_000 }, START);
    desk.says('a', { demand: Array.from({ length: 5 }, () => [1]) });
    desk.turn();
    expect(desk.levels(0)).toBe(1);
    expect(desk.again).toBeLessThanOrEqual(START + 30_000);
    desk.says('a', { demand: Array.from({ length: 5 }, () => [1]), keep: [1] });
    desk.turn(30_000);
    expect(desk.levels(0)).toBe(5);
  });

  test('outlives a restored limiter and a newer definition', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.allocator.change({ action: 'set', capacity: { calls: 4 } }, START);
    const restored = Allocator.restore(reload(desk.allocator.snapshot()), START);
    const { definition } = restored;
    restored.redefine({ ...definition, version: 2, limits: [calls(20, 1_000)] }, START);
    restored.advance(START);
    expect(restored.inspect({}, START).limits[0]).toMatchObject({ defined: 20, capacity: 4, source: 'operator' });
    expect(restored.stats(START).limits['calls']!.capacity).toBe(4);
  });

  test('a reset takes back', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.allocator.change({ action: 'set', capacity: { calls: 4 } }, START);
    const { after } = desk.allocator.change({ action: 'reset', reason: 'over' }, START);
    expect(after).toMatchObject({ revision: 2, capacity: {} });
    expect(after.log.at(-1)).toMatchObject({ action: 'reset', capacity: { calls: 4 }, reason: 'over' });
    expect(desk.allocator.inspect({}, START).limits[0]!.capacity).toBe(10);
  });

  test('keeps the limiter until it ends', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.turn();
    expect(desk.allocator.quietAt(START)).toBe(START);
    desk.allocator.change({ action: 'set', capacity: { calls: 4 }, forMs: 30_000 }, START);
    expect(desk.allocator.quietAt(START)).toBe(START + 30_000);
    desk.allocator.change({ action: 'pause' }, START);
    expect(desk.allocator.quietAt(START)).toBe(Infinity);
  });
});

describe("an operator's pause", () => {
  test('lets nothing start until it is resumed, and clients hear why', () => {
    const desk = new Desk([calls(10, 1_000), permits(2)]);
    desk.says('a', {});
    desk.turn();
    desk.allocator.change({ action: 'pause', reason: 'maintenance' }, desk.now);
    desk.says('a', { demand: [[1, 1]] });
    const [push] = desk.turn();
    expect(push!.provider).toMatchObject({ kind: 'PAUSED', cause: 'operator', reason: 'maintenance' });
    // it keeps its share of the permits, to start at once when the pause is over
    expect([granted(push), ...push!.levels]).toEqual([0, 0, 1]);
    expect(why(desk)).toMatchObject({ cause: 'PAUSED', waiting: 1 });
    desk.allocator.change({ action: 'resume' }, desk.now);
    const resumed = desk.turn()[0]!;
    expect(resumed.provider).toBeUndefined();
    expect([granted(resumed), ...resumed.levels]).toEqual([1, 0, 1]);
  });
});

describe('a change that makes no sense', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', null, /a change is an object, not null/],
    ['an unknown action', { action: 'stop' }, /"stop" is none of set, reset, pause, resume, forget/],
    ['no capacity', { action: 'set', capacity: {} }, /at least one limit/],
    ['an unknown limit', { action: 'set', capacity: { cals: 1 } }, /unknown limit "cals": .* Did you mean "calls"\?/],
    [
      'a capacity of 0',
      { action: 'set', capacity: { calls: 0 } },
      /a number above 0, got 0. To stop the set, pause it/,
    ],
    ['half a permit', { action: 'set', capacity: { connections: 0.5 } }, /a whole number of permits from 1/],
    ['a capacity without end', { action: 'set', capacity: { calls: Infinity } }, /a number above 0/],
    ['a text as capacity', { action: 'set', capacity: { calls: '5' } }, /a number above 0, got "5"/],
    ['no time at all', { action: 'pause', forMs: 0 }, /more than 0 ms/],
    ['two years', { action: 'pause', forMs: 7e10 }, /at most 366 days/],
    ['a novel', { action: 'pause', reason: 'x'.repeat(201) }, /at most 200 characters/],
    ['another revision', { action: 'pause', ifRevision: 3 }, /the set is at 0, not 3/],
    ['an end that is none', { action: 'pause', notAfter: '1' }, /notAfter: expected milliseconds/],
    ['what nobody waits for', { action: 'pause', notAfter: START - 10_001 }, /arrived 10 s too late/],
    ['no client', { action: 'forget' }, /the id of a client/],
    ['a client that is none', { action: 'forget', client: 'b' }, /no client has the id "b"/],
    ['a reset of what is none', { action: 'reset', keys: ['nothing'] }, /unknown limit "nothing"/],
  ])('changes nothing and says what is wrong: %s', (_, request, fault) => {
    const desk = new Desk([calls(10, 1_000), permits(2)]);
    expect(() => desk.allocator.change(request as ChangeRequest, START)).toThrow(fault);
    expect(desk.allocator.inspect({}, START).control).toEqual({ revision: 0, capacity: {}, log: [] });
  });
});

test.each<ChangeRequest>([{ action: 'resume' }, { action: 'reset' }, { action: 'reset', keys: [] }])(
  'where there is nothing to end, nothing changes: %j',
  (request) => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.allocator.change({ action: 'set', capacity: { calls: 4 } }, START);
    desk.allocator.change({ action: 'reset' }, START);
    const { before, after } = desk.allocator.change(request, START);
    expect(after).toEqual(before);
    expect(after).toMatchObject({ revision: 2, log: [{ action: 'set' }, { action: 'reset' }] });
  },
);

test('a change that is as late as clocks may differ is made', () => {
  const desk = new Desk([calls(10, 1_000)]);
  const { after } = desk.allocator.change({ action: 'pause', notAfter: START - 10_000 }, START);
  expect(after.pause).toBeDefined();
});

describe('why somebody waits', () => {
  test.each([
    ['LIMIT', 'calls'],
    ['PERMITS', 'connections'],
  ] as const)('names the limit without room: %s', (cause, limit) => {
    const desk = new Desk([calls(10, 60_000), permits(2)]);
    const one = cause === 'LIMIT' ? [10, 0] : [1, 2];
    desk.says('a', { demand: [one] });
    desk.turn();
    desk.says(
      'a',
      cause === 'LIMIT' ? { used: [[START, 10, 0]] } : { used: [[START, 1, 0]], inUse: [0, 2], keep: [0, 2] },
    );
    desk.says('b', { demand: [[1, 1]] });
    desk.turn();
    const found = why(desk);
    expect(found).toMatchObject({ cause, limit, client: 'b', needs: { calls: 1, connections: 1 }, waiting: 1 });
    expect(found.advice).toBe(
      cause === 'LIMIT' ? undefined : '`temporal-limits stats set` shows which clients hold the permits.',
    );
  });

  test.each([
    ['LIMIT', calls(4, 10_000)],
    ['PERMITS', permits(4)],
  ] as const)('is told of those beyond what was granted, until their client has reported: %s', (cause, limit) => {
    const desk = new Desk([limit]);
    desk.says('a', { demand: Array.from({ length: 4 }, () => [1]) });
    desk.turn();
    expect(why(desk)).toMatchObject({ cause: 'NONE', client: 'a', waiting: 4 });
    const sync = desk.says('a');
    desk.allocator.receive({ ...sync, seq: sync.seq + 1, demand: [[16, 0, START, 1]] }, desk.now);
    desk.turn(1);
    expect(why(desk)).toMatchObject({ cause, limit: limit.key, client: 'a', needs: { [limit.key]: 1 }, waiting: 16 });
  });

  test('is told of the first that has no room, also if others before it have', () => {
    const desk = new Desk([calls(4, 10_000)]);
    desk.says('a', { demand: [[2], [2]] });
    desk.turn();
    desk.turn(1);
    desk.says('b', { demand: [[3]] });
    desk.turn(1);
    expect(why(desk)).toMatchObject({ cause: 'LIMIT', client: 'b', needs: { calls: 3 }, waiting: 3 });
  });

  test('is told of one that is too large, also behind others that have room', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.allocator.change({ action: 'set', capacity: { calls: 4 } }, START);
    desk.says('a', { demand: [[1], [5]] });
    expect(why(desk)).toMatchObject({ cause: 'TOO_BIG', limit: 'calls', needs: { calls: 5 } });
  });

  test('says that a request is larger than what counts now', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.allocator.change({ action: 'set', capacity: { calls: 4 } }, START);
    desk.says('a', { demand: [[5]] });
    desk.turn();
    expect(why(desk)).toMatchObject({ cause: 'TOO_BIG', limit: 'calls', needs: { calls: 5 } });
  });

  test('does not hold up others who ask for as much as counts', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.allocator.change({ action: 'set', capacity: { calls: 4 } }, START);
    desk.says('a', { demand: [[5]] });
    desk.turn(1);
    desk.says('b', { demand: [[3]] });
    expect(desk.turn().map((push) => [push.client, granted(push)])).toContainEqual(['b', 3]);
  });
});

test('looking changes nothing, however late it is', () => {
  const desk = new Desk([calls(10, 1_000), permits(2)]);
  desk.says('a', {
    demand: [
      [1, 1],
      [10, 1],
    ],
  });
  desk.turn();
  desk.says('a', { used: [[START, 1, 0]] });
  const before = reload(desk.allocator.snapshot());
  desk.allocator.inspect({}, START + 100_000);
  desk.allocator.stats(START + 100_000);
  expect(reload(desk.allocator.snapshot())).toEqual(before);
});

test('a page of clients is as long as was asked for, and says where the next begins', () => {
  const desk = new Desk([permits(2)]);
  for (let i = 0; i < 7; i += 1) desk.says(`client ${i}`, { demand: [[1]] });
  desk.turn();
  const first = desk.allocator.inspect({ clients: 5 }, START);
  expect([first.numClients, first.clients.length, first.nextClient]).toEqual([7, 5, 5]);
  const rest = desk.allocator.inspect({ clients: 5, firstClient: 5 }, START);
  expect([rest.clients.length, rest.nextClient]).toEqual([2, undefined]);
  expect(new Set([...first.clients, ...rest.clients].map(({ id }) => id)).size).toBe(7);
});

test('the last hour has a record for each minute in which something was used', () => {
  const desk = new Desk([calls(10, 1_000)]);
  desk.says('a', { demand: [[3]] });
  desk.turn();
  desk.says('a', { used: [[START, 3]] });
  desk.turn(20_000);
  desk.says('a', { used: [[START, 3]] });
  desk.turn(20_000);
  desk.says('a', { used: [[START, 3]], demand: [[2]] });
  desk.turn();
  desk.says('a', {
    used: [
      [START, 3],
      [desk.now, 5],
    ],
  });
  desk.turn();
  const minutes = desk.allocator.inspect({}, desk.now).history.map(({ used }) => used['calls']);
  expect(minutes).toEqual([3, 2]);
  expect(Allocator.restore(reload(desk.allocator.snapshot()), desk.now).inspect({}, desk.now).history).toHaveLength(2);
});

test('clients hear which limits an operator has lowered', () => {
  const desk = new Desk([calls(10, 1_000), permits(2)]);
  desk.allocator.change({ action: 'set', capacity: { calls: 4 } }, START);
  desk.says('a', { demand: [[1, 1]] });
  expect(desk.turn()[0]!.lowered).toEqual([[0, 4, 'operator']]);
});

test('what is found out by trying goes no higher than an operator has allowed', () => {
  const adaptive = { ...calls(10, 1_000), adaptive: { min: 4, max: 50 } };
  const desk = new Desk([adaptive]);
  desk.says('a', { feedback: { ok: 1, throttled: 0, failed: 0 } });
  desk.turn();
  desk.allocator.change({ action: 'set', capacity: { calls: 2 } }, desk.now);
  desk.turn();
  expect(desk.allocator.inspect({}, desk.now).limits[0]).toMatchObject({ capacity: 2, source: 'operator' });
  desk.allocator.change({ action: 'reset' }, desk.now);
  expect(desk.allocator.inspect({}, desk.now).limits[0]).toMatchObject({ capacity: 10 });
});
