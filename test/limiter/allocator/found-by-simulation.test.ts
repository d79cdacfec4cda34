import { Fleet } from '../../../simulator/fleet/fleet';
import { algorithmNames } from '../../../src/limiter/algorithms/algorithms';
import { Exchange } from '../../../src/limiter/lease/exchange';
import { Desk, granted } from '../../support/desk';
import { calls, defined, permits, tokens } from '../../../simulator/scenario/definitions';

/** What the simulator found: each failed before it was mended. */
describe('found by simulation', () => {
  test('a request for all of a window gets it whole, though a part that its process had ends with the window before', async () => {
    const fleet = new Fleet({
      seed: 1,
      clients: 2,
      definition: defined([{ ...calls(4, 2_000), algorithm: 'FixedWindow' }]),
    });
    const [some, other] = fleet.processes;
    const job = { holdMs: 10 };
    // one call is granted after its request was given up, and kept because more are wanted
    void other!.acquire({ ...job, requested: { calls: 3 } });
    void some!.acquire({ ...job, requested: { calls: 1 }, timeoutMs: 5 });
    const whole = some!.acquire({ ...job, requested: { calls: 4 } });
    await fleet.runFor(20_000);
    expect(some!.waiting).toBe(0);
    expect((await whole).end).toBe('served');
  });

  test('a small amount is granted whole, whatever rounding has left of the totals before it', () => {
    const desk = new Desk([tokens(5, 1_000)]);
    desk.says('client', { demand: [[0.1], [0.2], [0.3]] });
    desk.turn();
    // 0.1 + 0.2 + 0.3 is a little more than that
    desk.says('client', { used: [[desk.now, 0.6]] });
    desk.turn(2_000);
    desk.says('client', { used: [[desk.now, 0.6]], demand: [[1e-8]] });
    const [push] = desk.turn();
    expect(push?.grants.at(-1)?.[2]).toBe(1e-8);
  });

  test('a workflow run is served though the request that it told of was given up, and another one came instead', async () => {
    const fleet = new Fleet({ seed: 1, clients: 0, definition: defined([calls(10, 5_000), tokens(100, 5_000)]) });
    const run = fleet.startRun();
    // both before the first signal has arrived
    void run.acquire({ requested: { calls: 1, tokens: 0 }, holdMs: 10, timeoutMs: 1 });
    fleet.world.after(0.5, () => void run.acquire({ requested: { calls: 1, tokens: 50 }, holdMs: 10 }));
    await fleet.runFor(20_000);
    expect(run.waiting).toBe(0);
    expect(run.served).toBe(1);
  });

  test('a workflow run gives back what is too little for it: somebody ahead of it may need all', async () => {
    const fleet = new Fleet({ seed: 3, clients: 1, definition: defined([calls(3, 5_000), tokens(10, 5_000)]) });
    const [process] = fleet.processes;
    const run = fleet.startRun();
    // granted for a request that was given up meanwhile, in favour of a larger one that comes after the process's
    void run.acquire({ requested: { calls: 1, tokens: 1 }, holdMs: 10, timeoutMs: 60 });
    fleet.world.after(59, () => void process!.acquire({ requested: { calls: 3 }, holdMs: 10 }));
    fleet.world.after(62, () => void run.acquire({ requested: { calls: 1, tokens: 5 }, holdMs: 10 }));
    await fleet.runFor(60_000);
    expect(process!.waiting).toBe(0);
    expect(run.served).toBe(1);
  });

  test('what was taken belongs to the lease it was taken under, also if a newer definition comes right after it', async () => {
    const fleet = new Fleet({ seed: 1, clients: 0, definition: defined([permits(2)]) });
    const run = fleet.startRun();
    const acquisition = run.acquire({ requested: {}, holdMs: 1_000 });
    run.isAway = true;
    await fleet.runFor(500);
    const newer = defined([calls(10, 1_000), permits(2)], 2);
    void fleet.join(newer).acquire({ requested: { connections: 0 }, holdMs: 10 });
    await fleet.runFor(500);
    // no worker ran it: it hears of its permit and of the definition in one activation
    run.comeBack();
    await fleet.runFor(20_000);
    expect((await acquisition).fencingToken).toBeGreaterThan(2_048);
    expect(fleet.providers.permits.get('connections')).toMatchObject({ inUse: 0, most: 1 });
    expect(
      fleet.limiter.allocator!.snapshot().clients.filter(({ permits: own }) => own.cap.some((n) => n > 0)),
    ).toEqual([]);
  });

  test.each([
    { with: 'with permits', others: [permits(2)] },
    { with: 'without permits', others: [] },
  ])(
    'a workflow run that took fractions, and last of all nothing of them, says its last: $with',
    async ({ others }) => {
      const fleet = new Fleet({ seed: 1, clients: 0, definition: defined([tokens(5, 5_000), ...others]) });
      const run = fleet.startRun();
      const wanted = [0.4060496853508094, 0.14918348977218054, 0];
      wanted.forEach((amount, i) => void run.acquire({ requested: { tokens: amount }, holdMs: 100 * (i + 1) }));
      await fleet.runFor(20_000);
      expect(run.served).toBe(3);
      expect(fleet.limiter.allocator!.snapshot().clients).toEqual([]);
    },
  );

  test('a workflow run whose permits go to others gives up the units it was to have, too: they may be all that is lacking', async () => {
    const fleet = new Fleet({ seed: 1, clients: 1, definition: defined([tokens(10, 5_000), permits(2)]) });
    const [process] = fleet.processes;
    const [some, all] = [fleet.startRun(), fleet.startRun()];
    void process!.acquire({ requested: { tokens: 10 }, holdMs: 10 });
    // granted ahead of the moment at which the window ends, and not told by then
    fleet.world.after(4_000, () => void some.acquire({ requested: { tokens: 4 }, holdMs: 10 }));
    fleet.world.after(5_050, () => {
      void all.acquire({ requested: { tokens: 10, connections: 2 }, holdMs: 10, priority: 1 });
    });
    await fleet.runFor(60_000);
    expect([all.served, some.served]).toEqual([1, 1]);
  });

  test('units are not handed out ahead of demand while somebody waits for more than anybody can foresee', () => {
    const desk = new Desk([{ ...calls(100, 2_000), algorithm: 'FixedWindow' }]);
    desk.says('some', { demand: [[10]] });
    desk.turn();
    // until it is known what has started of the 10, nobody knows when there will be 100
    desk.says('all', { demand: [[100]] });
    desk.says('fast', { ahead: [50] });
    desk.turn();
    expect(desk.heard.get('fast')?.grants).toEqual([]);
    expect(desk.available('calls')).toBe(90);
  });

  test('a late push of a time when the limiter knew a client before does not pass for newer than what comes', () => {
    const [client, queue] = ['client', 'queue of client'];
    const exchange = new Exchange(defined([calls(1, 1_000)]), { client, queue });
    const push = { wire: 1, client, ack: 1, ackAt: 0, now: 0, status: 'granted', firstGrant: 1, levels: [0] } as const;
    exchange.hear({ ...push, seq: 1, fence: 5, grants: [], more: false });
    expect(exchange.hear({ ...push, seq: 3, fence: 4, grants: [], more: false })).toBeUndefined();
    expect(exchange.hear({ ...push, seq: 2, fence: 5, grants: [[0, 1, 1]], more: false })).toEqual([
      { notBefore: 0, notAfter: 1, amounts: [1] },
    ]);
    expect(exchange.next()).toMatchObject({ seen: 2, seenGrants: 1 });
  });

  test('a client knows that its limiter forgot it before it heard of it, and numbers what it grants anew', () => {
    const { client, queue } = { client: 'a', queue: 'q' };
    const exchange = new Exchange(defined([calls(1, 1_000)]), { client, queue });
    const desk = new Desk([calls(1, 1_000)]);
    desk.says(client, { demand: [[1]] });
    const [first] = desk.turn();
    expect(exchange.isReopened(first!)).toBe(false);
    exchange.hear(first!);
    // an introduction that was under way for a lease
    desk.turn(60_001);
    desk.says(client, { demand: [[1]], fence: 0, seen: 0, seenGrants: 0 });
    const [again] = desk.turn();
    expect(exchange.isReopened(again!)).toBe(true);
    expect(exchange.isReopened(first!)).toBe(false);
    const { opened, ...ofAnOlderLimiter } = again!;
    expect(opened).toBeGreaterThan(first!.opened!);
    expect(exchange.isReopened(ofAnOlderLimiter)).toBe(false);
  });

  test('while more is in use than a lowered limit has, nothing that is given back is taken again', () => {
    const desk = new Desk([permits(4)]);
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) desk.says(name, { inUse: [1], keep: [1] });
    desk.turn();
    desk.allocator.redefine({ ...defined([permits(3)]), version: 2 }, desk.now);
    for (const name of names)
      desk.says(`${name}2`, { version: 2, fence: 0, replaces: name, inUse: [1], keep: [1], demand: [[1]] });
    desk.turn();
    for (const name of names) {
      expect(desk.heard.get(`${name}2`)!.levels).toEqual([0]);
      desk.says(`${name}2`, { version: 2, inUse: [1], keep: [1], demand: [[1]] });
    }
    desk.turn();
    desk.says('a2', { version: 2, inUse: [0], keep: [0], demand: [[1]] });
    desk.turn();
    expect(desk.heard.get('a2')!.levels).toEqual([0]);
    desk.says('d2', { version: 2, inUse: [0], keep: [0] });
    desk.turn();
    expect(desk.heard.get('a2')!.levels).toEqual([1]);
  });

  test('what is in use is not counted twice when limits are redefined again before the first is through', () => {
    const desk = new Desk([permits(2)]);
    desk.says('user', { inUse: [2], keep: [2] });
    desk.turn();
    for (const version of [2, 3]) {
      desk.allocator.redefine({ ...defined([permits(2)]), version }, desk.now);
      desk.turn();
    }
    // was told of the second, and hears of the third
    desk.says('second', { version: 2, replaces: 'user', inUse: [2], keep: [2] });
    expect(desk.turn().map(({ client, status }) => [client, status])).toContainEqual(['second', 'redefined']);
    desk.says('third', { version: 3, replaces: 'second', inUse: [2], keep: [2] });
    desk.turn();
    expect(Object.keys(desk.allocator.snapshot().clients)).toHaveLength(1);
    desk.says('third', { version: 3, inUse: [0], keep: [0] });
    desk.says('other', { version: 3, demand: [[2]] });
    desk.turn();
    expect(desk.heard.get('other')?.levels).toEqual([2]);
  });

  test('what a client was starting is not taken for missing once it has lapsed', () => {
    const desk = new Desk([calls(100, 5_000)]);
    desk.says('client', { demand: [[1]] });
    desk.turn();
    desk.says('client', { starting: [1] });
    // longer than a grant lives, and is waited for
    desk.turn(10_000);
    desk.says('client', { starting: [1], demand: [[1]] });
    desk.turn();
    desk.turn();
    expect(granted(desk.heard.get('client'))).toBe(1);
  });

  test.each(algorithmNames)('units that lapsed and come back unused are available again: %s', (algorithm) => {
    const desk = new Desk([{ ...calls(100, 3_600_000), algorithm }]);
    desk.says('client', { demand: [[40]] });
    desk.turn();
    desk.says('client', { used: [[desk.now, 10]] });
    desk.turn();
    const { now } = desk;
    desk.turn(5_000);
    expect(desk.available('calls')).toBeLessThan(61);
    desk.says('client', { used: [[now, 10]], returned: [30] });
    desk.turn();
    expect(desk.available('calls')).toBeGreaterThanOrEqual(90);
    expect(desk.available('calls')).toBeLessThan(91);
  });

  test('what takes no permit is not overtaken, though its client has been granted something for later', () => {
    const desk = new Desk([{ ...tokens(100, 5_000), algorithm: 'FixedWindow' }]);
    desk.says('first', { demand: [[100]] });
    desk.turn();
    desk.says('first', { used: [[desk.now, 100]] });
    desk.says('longer', { demand: [[40], [70]] });
    desk.turn(1_000);
    desk.says('shorter', { demand: [[50]] });
    // for the window to come, and again before it has begun
    desk.turn(3_800);
    desk.turn(100);
    expect(desk.heard.get('longer')?.grants).toHaveLength(1);
    expect(desk.heard.get('shorter')?.grants).toEqual([]);
  });

  test.each(['never counted', 'given back'] as const)(
    'units given back late are not handed out a second time, of a provider by which they are %s',
    async (unneeded) => {
      const limit = { ...tokens(100, 1_000), algorithm: 'TokenBucket' } as const;
      const fleet = new Fleet({ seed: 1, clients: 3, definition: defined([limit]), unneeded });
      const [slow, ...others] = fleet.processes;
      // the bucket is full again long before this is given back, and the others take what has come back
      void slow!.acquire({ requested: { tokens: 100 }, used: { tokens: 0 }, holdMs: 3_000 });
      const jobs = () => ({ requested: { tokens: 20 }, holdMs: 1 });
      fleet.world.after(2_990, () => {
        for (const other of others) other.work(5, jobs);
      });
      await fleet.runFor(10_000);
      expect(fleet.worstExcess()).toBeLessThanOrEqual(1e-6);
      expect(fleet.providers.units.get('tokens')!.total).toBeGreaterThan(700);
    },
  );
});
