import { NO_TIMEOUT } from '../../../src/acquire/set/acquire-options';
import { Allocator } from '../../../src/limiter/allocator/allocator';
import { mostClients } from '../../../src/limiter/allocator/snapshot/snapshot-budget';
import { Fleet } from '../../../simulator/fleet/fleet';
import { defined, permits } from '../../../simulator/scenario/definitions';
import { Desk } from '../../support/desk';
import { reload } from '../../support/reload';

const LIMITS = [permits(5)];
const MOST = mostClients(LIMITS.length);

/** A limiter that knows as many clients as it can. */
function fullHouse(): Desk {
  const desk = new Desk(LIMITS);
  for (let i = 0; i < MOST; i += 1) desk.says(`known ${i}`);
  desk.turn();
  return desk;
}

describe('a limiter that has as many clients as it can remember', () => {
  test('tells others to ask again, one after the other, however many they are', () => {
    const desk = fullHouse();
    for (let i = 0; i < 1_000; i += 1) desk.says(`stranger ${i}`, { demand: [[1]] });
    const pushes = desk.turn();
    expect(new Set(pushes.map(({ status }) => status))).toEqual(new Set(['full']));
    const delays = pushes.map(({ retryAfterMs = 0 }) => retryAfterMs);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(5_000);
    for (let second = 0; second < 60; second += 1) {
      const come = delays.filter((delay) => delay >= second * 1_000 && delay < (second + 1) * 1_000);
      expect(come.length).toBeLessThanOrEqual(20);
    }
    expect(desk.allocator.stats(desk.now)).toMatchObject({ clients: MOST, turnedAway: 1_000 });
    expect(desk.allocator.stats(desk.now + 60_000).turnedAway).toBe(0);
  });

  test('continues with the same list when it continues as new', () => {
    const desk = fullHouse();
    desk.says('first');
    const [first] = desk.turn();
    const restored = Allocator.restore(reload(desk.allocator.snapshot()), desk.now);
    restored.receive({ ...desk.says('second'), seq: 2 }, desk.now);
    const [second] = restored.publish(desk.now);
    expect(second!.push.retryAfterMs).toBeGreaterThan(first!.retryAfterMs!);
  });

  test('has room for who takes the place of somebody that it knows', () => {
    const desk = fullHouse();
    desk.says('successor', { replaces: 'known 7' });
    expect(desk.turn()).toMatchObject([{ client: 'successor', status: 'granted' }]);
  });

  test('does not call back who has said its last', () => {
    const desk = fullHouse();
    desk.says('stranger', { ends: true });
    expect(desk.turn()).toEqual([]);
  });
});

describe('who comes to a limiter that has no room', () => {
  const job = { requested: {}, holdMs: 10 };
  const { leaseMs } = defined(LIMITS).timing;

  /** A fleet whose limiter knows as many others, which are silent and so forgotten after a lease. */
  async function full() {
    const fleet = new Fleet({ seed: 1, clients: 2, definition: defined(LIMITS) });
    const [process, first] = fleet.processes;
    await Promise.all([first!.acquire(job), fleet.runFor(1_000)]);
    const desk = new Desk(LIMITS);
    for (let i = 0; i < MOST; i += 1) fleet.limiter.allocator!.receive(desk.says(`silent ${i}`), fleet.now);
    return { fleet, process: process!, run: fleet.startRun() };
  }

  test('waits, and is served once there is room: a process as well as a workflow run', async () => {
    const { fleet, process, run } = await full();
    const acquisitions = [process.acquire(job), run.acquire(job)];
    await fleet.runFor(leaseMs / 2);
    expect([process.waiting, run.waiting]).toEqual([1, 1]);
    expect(fleet.limiter.allocator!.stats(fleet.now).clients).toBe(MOST);
    await fleet.runFor(leaseMs);
    expect([process.waiting, run.waiting]).toEqual([0, 0]);
    for (const acquisition of acquisitions) expect((await acquisition).end).toBe('served');
  });

  test('asks seldom', async () => {
    const { fleet, process, run } = await full();
    const { syncs } = fleet.limiter.allocator!.stats(fleet.now).counters;
    for (let i = 0; i < 50; i += 1) {
      void process.acquire(job);
      void run.acquire(job);
    }
    await fleet.runFor(leaseMs / 2);
    expect(fleet.limiter.allocator!.stats(fleet.now).counters.syncs - syncs).toBeLessThanOrEqual(10);
  });

  test('is told why, when it has waited for as long as it wants to', async () => {
    const { fleet, process } = await full();
    const { supply } = process;
    const request = { amounts: [1], covers: [true] };
    const waits = supply.take(request, { priority: 0, timeoutMs: 3_000, signal: undefined });
    const refused = expect(waits).rejects.toMatchObject({
      name: 'AcquireTimeoutError',
      message: `No capacity in "fleet" within 3000 ms: its limiter has ${MOST} clients, and no room for another one yet`,
    });
    await fleet.runFor(4_000);
    await refused;
  });

  test('is told no at once, if it does not want to wait', async () => {
    const { fleet, process } = await full();
    const request = { amounts: [1], covers: [true] };
    const first = process.supply.tryTake(request, NO_TIMEOUT);
    await fleet.runFor(1_000);
    await expect(first).resolves.toBeUndefined();
    await expect(process.supply.tryTake(request, NO_TIMEOUT)).resolves.toBeUndefined();
  });
});
