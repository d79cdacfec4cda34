import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/client/link/system-clock';
import { defineLimits } from '../../src/limiter/definition/definition';
import { CallLimit, LimitSet, RateLimit, ResourceLimit, type Limit } from '../../src/index';
import { heard, killChildren, startChild } from '../support/children';
import { failedTasks } from '../support/limiter-runs';
import { mostAtOnce, Occupancy } from '../support/occupancy';
import { StrictCount } from '../../simulator/provider/strict-count';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.host();
});

afterEach(async () => {
  await killChildren();
  await temporal.closeSets();
});

afterAll(() => temporal.stop());

/** The same set in so many processes. */
function inProcesses(count: number, limits: readonly Limit[], leaseMs = 30_000): LimitSet[] {
  const name = randomUUID();
  return Array.from({ length: count }, () => temporal.set({ name, limits, leaseMs }));
}

const nTimes = <T>(count: number, action: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => action(i));

describe('processes that share a limit set', () => {
  it('never hold more permits than there are, and each gets its share', async () => {
    const sets = inProcesses(4, [new ResourceLimit({ key: 'connections', capacity: 6 })]);
    const door = new Occupancy();
    const visits = sets.map(() => 0);
    /** Nobody ends before everybody has had this many. */
    const share = 50;
    const work = async (set: LimitSet, process: number): Promise<void> => {
      while (Math.min(...visits) < share) {
        await set.use({}, () => door.visit(5));
        visits[process]! += 1;
      }
    };
    await Promise.all(sets.flatMap((set, process) => nTimes(6, () => work(set, process))));
    expect(door.most).toBeLessThanOrEqual(6);
  });

  it('never hold more permits than there are, as real processes', async () => {
    const name = randomUUID();
    const limits = [new ResourceLimit({ key: 'connections', capacity: 3 })];
    const set = new LimitSet({ name, limits, mode: 'temporal', client: temporal.client }).toJSON();
    const children = nTimes(3, () => startChild(temporal.server, { role: 'work', set, times: 30, bodyMs: 10 }));
    const reports = await Promise.all(children.map((child) => heard<{ intervals: [number, number][] }>(child)));
    const intervals = reports.flatMap((report) => report.intervals);
    expect(intervals).toHaveLength(90);
    // the clocks of processes on one machine differ by less than this
    expect(mostAtOnce(intervals.map(([from, to]) => [from + 1, to - 1]))).toBeLessThanOrEqual(3);
  });

  it('never make more calls in any window than its capacity, and make them all', async () => {
    const limits = [new CallLimit({ windowSeconds: 1, capacity: 50 })];
    const sets = inProcesses(4, limits);
    const count = new StrictCount(defineLimits(limits, 'SlidingWindow')[0]!);
    await Promise.all(sets.flatMap((set) => nTimes(50, () => set.use({}, () => count.arrive(systemClock.now(), 1)))));
    expect(count.total).toBe(200);
    expect(count.worstExcess()).toBeLessThanOrEqual(0);
  });

  it('serve their own acquisitions first come, first served', async () => {
    const [set] = inProcesses(1, [new ResourceLimit({ key: 'connections', capacity: 2 })]) as [LimitSet];
    const order: number[] = [];
    const holders = [await set.acquire(), await set.acquire()];
    const waiting = nTimes(30, (i) => set.use({}, () => order.push(i)));
    await Promise.all(holders.map((holder) => holder.release()));
    await Promise.all(waiting);
    expect(order).toEqual(nTimes(30, (i) => i));
  });

  it('take of several limits all or nothing, and do not lock each other out', async () => {
    const limits = ['left', 'right'].map((key) => new ResourceLimit({ key, capacity: 3 }));
    // whoever waited for the renewal of a lease would wait for longer than the test lasts
    const sets = inProcesses(3, limits, 3_600_000);
    const doors = { left: new Occupancy(), right: new Occupancy() };
    await Promise.all(
      sets.flatMap((set, process) =>
        nTimes(20, (i) => {
          const requested = { left: (i + process) % 4, right: 3 - ((i + process) % 3) };
          return set.use({ requested }, () =>
            Promise.all([doors.left.visit(3, requested.left), doors.right.visit(3, requested.right)]),
          );
        }),
      ),
    );
    expect(doors).toMatchObject({ left: { visits: 60 }, right: { visits: 60 } });
    expect(Math.max(doors.left.most, doors.right.most)).toBeLessThanOrEqual(3);
  });

  it('hold nothing of one limit while they wait for another', async () => {
    const [first, second] = inProcesses(2, [
      new RateLimit({ key: 'tokens', windowSeconds: 3600, capacity: 100 }),
      new ResourceLimit({ key: 'connections', capacity: 1 }),
    ]) as [LimitSet, LimitSet];
    await first.use({ requested: { tokens: 95 } }, (slot) => slot.update({ usage: { tokens: 95 } }));
    const controller = new AbortController();
    const waiting = first.acquire({ requested: { tokens: 50 }, signal: controller.signal });
    const aborted = expect(waiting).rejects.toBe('enough');
    await until('it waits', async () => (await second.getStats()).waiting === 1);
    const slot = await second.acquire({ requested: { connections: 1, tokens: 0 }, priority: 1 });
    slot.update({ usage: { tokens: 0 } });
    await slot.release();
    controller.abort('enough');
    await aborted;
  });

  it('have made no workflow task fail', async () => {
    expect(await failedTasks(temporal.client)).toEqual([]);
  });
});
