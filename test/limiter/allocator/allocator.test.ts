import { Allocator } from '../../../src/limiter/allocator/allocator';
import { calls, defined, permits, tokens } from '../../../simulator/scenario/definitions';
import { Desk, granted, START } from '../../support/desk';
import { reload } from '../../support/reload';

describe('units', () => {
  test('come with the first answer, to be started at once', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.says('a', { demand: [[1], [2]] });
    const [push] = desk.turn();
    expect(push).toMatchObject({ client: 'a', ack: 1, status: 'granted', firstGrant: 1 });
    expect(granted(push)).toBe(3);
    expect(push!.grants[0]![0]).toBe(START);
  });

  test('are held from the grant on, and recover a window and the guard after the start that was reported', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.says('a', { demand: [[10]] });
    desk.turn();
    expect(desk.available('calls')).toBe(0);
    desk.now += 300;
    desk.says('a', { used: [[START + 200, 10]] });
    desk.now = START + 200 + 1_000 + 50 - 1;
    expect(desk.available('calls')).toBe(0);
    desk.now += 1;
    expect(desk.available('calls')).toBe(10);
  });

  test('that are returned are there at once', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.says('a', { demand: [[10]] });
    desk.turn();
    desk.says('a', { returned: [4] });
    expect(desk.available('calls')).toBe(4);
  });

  test('of a client that fell silent count from the last moment at which they could start', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.says('a', { demand: [[10]] });
    const [push] = desk.turn();
    const recovers = push!.grants[0]![1] + 50 + 1_000;
    desk.turn(recovers - START - 1);
    expect(desk.available('calls')).toBe(0);
    while (desk.now < recovers + 5_000 && desk.available('calls') < 10) desk.turn(100);
    expect(desk.available('calls')).toBe(10);
  });

  test('are promised ahead once the moment at which they will be there is known', () => {
    const desk = new Desk([calls(10, 5_000)]);
    desk.says('a', { demand: [[10], [10]] });
    desk.turn();
    desk.says('a', { used: [[START, 10]], demand: [[10]] });
    let pushes = desk.turn();
    while (pushes.length === 0) {
      expect(desk.again).toBeLessThan(START + 5_050);
      pushes = desk.turn(desk.again - desk.now);
    }
    expect(pushes[0]!.grants).toEqual([[START + 5_050, expect.any(Number), 10]]);
  });

  test('go to whoever has waited longest, a big request not overtaken by small ones', () => {
    const desk = new Desk([calls(10, 5_000)]);
    desk.says('a', { demand: [[6]] });
    desk.turn();
    desk.says('b', { demand: [[10]] });
    desk.now += 400;
    desk.says('c', { demand: [[1]] });
    expect(desk.turn().map(({ client }) => [client, granted(desk.heard.get(client))])).toEqual([
      ['b', 0],
      ['c', 0],
    ]);
  });

  test('go to the higher priority first', () => {
    const desk = new Desk([calls(10, 5_000)]);
    desk.says('a', { demand: [[8]] });
    desk.says('b', { demand: [[8]] });
    desk.allocator.receive({ ...desk.says('c'), seq: 9, demand: [[1, 5, desk.now, 8]] }, desk.now);
    desk.turn();
    expect(['a', 'b', 'c'].map((client) => granted(desk.heard.get(client)))).toEqual([0, 0, 8]);
  });

  test('that nobody waits for are handed out ahead only while there is plenty', () => {
    const desk = new Desk([calls(10, 5_000)]);
    desk.says('a', { ahead: [4] });
    expect(granted(desk.turn()[0])).toBe(4);
    desk.says('b', { ahead: [4] });
    // half of the capacity stays for whoever comes
    expect(granted(desk.turn()[0])).toBe(1);
  });

  test('beyond the request are charged only where the limit says so', () => {
    const desk = new Desk([{ ...tokens(10, 1_000), overage: 'charge' }, tokens(10, 1_000, 'strict')]);
    desk.says('a', { demand: [[1, 1]] });
    desk.turn();
    desk.says('a', { used: [[START, 1, 1]], excess: [20, 20] });
    expect(desk.available('tokens')).toBe(-11);
    expect(desk.available('strict')).toBe(9);
  });
});

describe('permits', () => {
  test('are shared evenly, never more than there are', () => {
    const desk = new Desk([permits(5)]);
    for (const client of ['a', 'b', 'c']) desk.says(client, { demand: [[1], [1], [1], [1]] });
    desk.turn();
    expect([...desk.heard.values()].map(({ levels }) => levels[0])).toEqual([2, 2, 1]);
  });

  test('move on only when the one that had them says that it gave them up', () => {
    const desk = new Desk([permits(4)]);
    desk.says('a', { demand: [[1], [1], [1], [1]] });
    desk.turn();
    desk.says('a', { inUse: [4], keep: [4] });
    desk.says('b', { demand: [[1], [1]] });
    desk.turn();
    expect(desk.heard.get('a')!.levels).toEqual([0]);
    expect(desk.heard.get('b')!.levels).toEqual([0]);
    desk.says('a', { inUse: [3], keep: [3] });
    desk.turn();
    expect(desk.heard.get('b')!.levels).toEqual([1]);
    expect(desk.heard.get('b')!.fence).toBeGreaterThan(desk.heard.get('a')!.fence);
  });

  test('that a lost push may have given are counted until the client shows what it has heard', () => {
    const desk = new Desk([permits(4)]);
    desk.says('a');
    desk.turn();
    const before = desk.heard.get('a')!;
    desk.says('a', { demand: [[1], [1], [1], [1]] });
    desk.turn();
    desk.heard.set('a', before);
    desk.says('a', { keep: [0], demand: [] });
    desk.says('b', { demand: [[1]] });
    desk.turn();
    expect(desk.heard.get('b')!.levels).toEqual([0]);
    desk.says('a', { keep: [0] });
    desk.turn();
    expect(desk.heard.get('b')!.levels).toEqual([1]);
  });

  test('of a client that is silent for a lease go to others, and it is told when it speaks', () => {
    const desk = new Desk([permits(1)]);
    desk.says('a', { demand: [[1]] });
    desk.turn();
    desk.says('a', { inUse: [1], keep: [1] });
    desk.now += 15_000;
    desk.says('b', { demand: [[1]] });
    desk.turn();
    desk.turn(14_000);
    expect(desk.heard.get('b')!.levels).toEqual([0]);
    desk.says('b', { demand: [[1]] });
    desk.turn(desk.again - desk.now);
    desk.turn(1_001);
    expect(desk.heard.get('b')!.levels).toEqual([1]);
    desk.says('a', { inUse: [1], keep: [1] });
    expect(desk.turn().find(({ client }) => client === 'a')).toMatchObject({ status: 'lost' });
    expect(desk.heard.get('b')!.fence).toBeGreaterThan(START);
  });
});

test('units go to nobody whose permits are all held for long, but to whoever can start them', () => {
  const desk = new Desk([calls(10, 1_000), permits(1)]);
  desk.says('a', { demand: [[1, 1]] });
  desk.turn();
  desk.says('a', { used: [[START, 1, 0]], inUse: [0, 1], keep: [0, 1], holdingMs: 60_000, demand: [[1, 1]] });
  desk.says('b', { demand: [[5, 0]] });
  desk.turn();
  expect(granted(desk.heard.get('b'))).toBe(5);
  expect(desk.available('calls')).toBe(4);
});

describe('messages', () => {
  test('that are older or repeated change nothing', () => {
    const desk = new Desk([calls(10, 1_000), permits(2)]);
    const first = desk.says('a', { demand: [[1, 1]] });
    desk.turn();
    desk.says('a', { used: [[START, 1, 0]], inUse: [0, 1], keep: [0, 1] });
    desk.turn();
    const before = reload(desk.allocator.snapshot());
    desk.allocator.receive(first, desk.now);
    expect(desk.turn()).toEqual([]);
    expect({ ...reload(desk.allocator.snapshot()), counters: null }).toEqual({ ...before, counters: null });
  });

  test('that are not confirmed are repeated', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.says('a', { demand: [[1]] });
    desk.turn();
    const repeatedAfter: number[] = [];
    for (let ms = 100; ms <= 8_000; ms += 100) if (desk.turn(100).length > 0) repeatedAfter.push(ms);
    expect(repeatedAfter).toEqual([1_000, 3_000, 5_000, 7_000]);
  });

  test('with another definition of the same version are refused, naming the one that runs', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.says('a', { definition: defined([calls(11, 1_000)]) });
    expect(desk.turn()).toMatchObject([{ status: 'conflict', definition: { limits: [{ capacity: 10 }] } }]);
  });

  test('with a higher version redefine everybody, at once, and what was taken stays taken', () => {
    const desk = new Desk([calls(10, 1_000)]);
    desk.says('a', { demand: [[10]] });
    desk.turn();
    desk.says('b', {
      version: 2,
      definition: defined([permits(1), calls(15, 1_000)], 2),
      inUse: [0, 0],
      keep: [0, 0],
      starting: [0, 0],
      returned: [0, 0],
      refunded: [0, 0],
      excess: [0, 0],
      ahead: [0, 0],
    });
    expect(desk.turn()).toMatchObject([
      { client: 'a', status: 'redefined', definition: { version: 2 } },
      { client: 'b', status: 'granted' },
    ]);
    expect(desk.available('calls')).toBe(5);
  });

  test('of a client from before the limiter lost its memory ask it to introduce itself', () => {
    const desk = new Desk([permits(2)]);
    desk.says('a', { fence: START - 1, inUse: [1], keep: [1] });
    expect(desk.turn()).toMatchObject([{ client: 'a', status: 'redefined' }]);
    desk.says('a2', { replaces: 'a', inUse: [1], keep: [1] });
    desk.says('b', { demand: [[1], [1]] });
    desk.turn();
    expect(desk.heard.get('b')!.levels).toEqual([1]);
  });
});

test('a snapshot of an unknown version is not restored', () => {
  const snapshot = new Allocator(defined([permits(1)]), START).snapshot();
  expect(() => Allocator.restore({ ...snapshot, snapshot: 99 }, START)).toThrow(RangeError);
});

it('counts what a client may still start that is forgotten, though it runs', () => {
  const desk = new Desk([calls(100, 10_000)]);
  const wanted = Array.from({ length: 100 }, () => [1]);
  desk.says('a', { demand: wanted });
  desk.turn();
  const lastStart = Math.max(...desk.heard.get('a')!.grants.map(([, notAfter]) => notAfter));
  desk.allocator.change({ action: 'forget', client: 'a' }, desk.now);
  while (granted(desk.heard.get('b')) === 0) {
    desk.says('b', { demand: wanted });
    desk.turn(100);
  }
  expect(desk.heard.get('b')!.grants[0]![0]).toBeGreaterThanOrEqual(lastStart + 10_000);
});

it('has whole permits, though an operator has set a fraction while the limit counted units', () => {
  const rate = tokens(10, 1_000, 'x');
  const desk = new Desk([rate]);
  desk.allocator.change({ action: 'set', capacity: { x: 2.5 } }, desk.now);
  const definition = { ...defined([{ kind: 'resource', key: 'x', capacity: 5 }]), version: 2 };
  desk.says('a', { version: 2, definition });
  desk.turn();
  expect(desk.allocator.stats(desk.now).limits['x']).toMatchObject({ capacity: 2, available: 2 });
});

it('hands on what a provider has said of a limit, also if it has said nothing else', () => {
  const desk = new Desk([{ ...calls(1_000, 60_000), follow: true as const }]);
  desk.says('a', { feedback: { ok: 0, throttled: 0, failed: 0, seen: [[0, desk.now, -1, 100]] } });
  desk.turn();
  const next = Allocator.restore(reload(desk.allocator.snapshot()), desk.now);
  expect(next.stats(desk.now).limits['calls']).toMatchObject({ capacity: 100 });
});
