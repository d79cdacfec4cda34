import { randomUUID } from 'node:crypto';
import type { Host } from '../../src/activities/plugin/hosts';
import { checkSetOptions, type LimitSetJSON } from '../../src/client/sets/limit-set-options';
import { CallLimit, ResourceLimit, type LimitSet } from '../../src/index';
import {
  LIMITER_TASK_QUEUE,
  LIMITER_WORKFLOW,
  limiterId,
  type LimiterInput,
} from '../../src/workflows/limiter/protocol';
import { heard, killChildren, startChild } from '../support/children';
import { hostileMessages } from '../support/hostile-messages';
import { timeOf } from '../support/history-event';
import { failedTasks, limiterStats, runsOf } from '../support/limiter-runs';
import { Occupancy } from '../support/occupancy';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';
import { untilAvailable } from '../support/until-available';

let temporal: TemporalForTests;
let host: Host | undefined;
let name: string;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
});

beforeEach(() => {
  name = randomUUID();
});

afterEach(async () => {
  await killChildren();
  await temporal.closeSets();
  await host?.stop();
  host = undefined;
});

afterAll(() => temporal.stop());

const connections = (capacity: number): ResourceLimit => new ResourceLimit({ key: 'connections', capacity });

/** Starts the limiter before any client does. */
async function startLimiter(options: LimitSetJSON, input: Partial<LimiterInput>): Promise<void> {
  const { definition } = checkSetOptions({ ...options, mode: 'temporal' });
  await temporal.client.workflow.start(LIMITER_WORKFLOW, {
    workflowId: limiterId(name),
    taskQueue: LIMITER_TASK_QUEUE,
    args: [{ definition, ...input }],
  });
}

/** What a run that has ended had begun a moment before, and could still have happened to it: the server refuses such an end. */
async function leftUnderWay(workflowId: string, runId: string): Promise<string[]> {
  const { events } = await temporal.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const last = events?.at(-1);
  const endedAt = timeOf(last);
  const begun = new Map<number, string>();
  for (const event of events ?? []) {
    if (event.timerStartedEventAttributes) begun.set(Number(event.eventId), 'timer');
    if (event.activityTaskScheduledEventAttributes && endedAt - timeOf(event) < 400) {
      begun.set(Number(event.eventId), 'push');
    }
    begun.delete(Number(event.timerFiredEventAttributes?.startedEventId));
    begun.delete(Number(event.timerCanceledEventAttributes?.startedEventId));
    begun.delete(Number(event.activityTaskCompletedEventAttributes?.scheduledEventId));
  }
  return last?.workflowExecutionContinuedAsNewEventAttributes ? [...begun.values()] : [];
}

describe('a limiter', () => {
  it('continues as new under load, and nobody notices', async () => {
    host = await temporal.host();
    const options = { name, limits: [connections(3), new CallLimit({ windowSeconds: 3600, capacity: 100_000 })] };
    await startLimiter(options, { maxEvents: 60 });
    const door = new Occupancy();
    let goesOn = true;
    const work = async (set: LimitSet): Promise<void> => {
      while (goesOn) await set.use({}, () => door.visit(5));
    };
    const sets = [temporal.set(options), temporal.set(options)];
    const working = Promise.all(sets.flatMap((set) => Array.from({ length: 4 }, () => work(set))));
    await until('the fourth run', async () => (await runsOf(temporal.client, name)).length >= 4);
    goesOn = false;
    await working;
    await Promise.all(sets.map((set) => set.yield()));
    expect(door.most).toBeLessThanOrEqual(3);
    for (const [workflowId, runId] of await runsOf(temporal.client, name)) {
      expect(await leftUnderWay(workflowId, runId)).toEqual([]);
    }
    await until('every call is counted, and every permit is back', async () => {
      const { limits } = await limiterStats(temporal.client, name);
      const calls = 100_000 - (limits['call_count']?.available ?? 0);
      const free = limits['connections']?.available;
      return (
        // units that a limiter hears nothing of in time count as used until they come back
        (calls === door.visits && free === 3) || `${calls} of ${door.visits} are counted, ${String(free)} are free`
      );
    });
  });

  it('that was terminated is started again by its clients; holders keep their permits, and tokens grow', async () => {
    host = await temporal.host();
    const options = { name, limits: [connections(2)] };
    const [first, second] = [temporal.set(options), temporal.set(options)];
    const held = [await first.acquire(), await second.acquire()];
    const before = Math.max(...held.map((slot) => slot.fencingToken));
    await temporal.client.workflow.getHandle(limiterId(name)).terminate('by hand');
    await Promise.all([first.yield(), second.yield()]);
    await until('both are known again', async () => {
      const { limits, clients } = await limiterStats(temporal.client, name);
      return clients === 2 && limits['connections']?.available === 0;
    });
    const waiting = [first.acquire(), second.acquire()];
    expect(held.map((slot) => slot.signal.aborted)).toEqual([false, false]);
    for (const slot of held) await slot.release();
    const slots = await Promise.all(waiting);
    expect(Math.min(...slots.map((slot) => slot.fencingToken))).toBeGreaterThan(before);
    for (const slot of slots) await slot.release();
  });

  it('completes when nobody uses it and all has recovered, and is started again by whoever needs it', async () => {
    host = await temporal.host();
    const options = { name, limits: [new CallLimit({ windowSeconds: 3, capacity: 2 })] };
    await startLimiter(options, { endsAfterMs: 0 });
    const statuses = async (): Promise<string[]> => {
      const runs = await runsOf(temporal.client, name);
      const found = await Promise.all(
        runs.map(([workflowId, runId]) => temporal.client.workflow.getHandle(workflowId, runId).describe()),
      );
      return found.map(({ status }) => status.name);
    };
    await until('it completes', async () => (await statuses()).join() === 'COMPLETED');
    const door = new Occupancy();
    const set = temporal.set(options);
    for (let i = 0; i < 3; i += 1) await set.use({}, () => door.visit(1));
    expect(door.visits).toBe(3);
    expect(await statuses()).toContain('RUNNING');
    // it has not recovered yet, but what is told of it then is what it counts
    expect((await set.getStats()).limits['call_count']?.available).toBeLessThanOrEqual(1);
  });

  it('whose worker was away serves what piled up', async () => {
    host = await temporal.host(false);
    const options = { name, limits: [connections(2)] };
    const sets = Array.from({ length: 5 }, () => temporal.set(options));
    const before = await temporal.limiterOnly();
    await sets[0]?.use({}, () => undefined);
    await before.stop();
    /** Signals since the limiter's last task. */
    const unheard = async (): Promise<unknown[]> => {
      const { events = [] } = await temporal.client.workflow.getHandle(limiterId(name)).fetchHistory();
      const task = events?.findLastIndex((event) => event.workflowTaskCompletedEventAttributes) ?? -1;
      return (events ?? []).slice(task).filter((event) => event.workflowExecutionSignaledEventAttributes);
    };
    const door = new Occupancy();
    const uses = sets.flatMap((set) => Array.from({ length: 4 }, () => set.use({}, () => door.visit(5))));
    await until('everyone has said what it wants', async () => (await unheard()).length >= sets.length - 1);
    const servedWithout = door.visits;
    const after = await temporal.limiterOnly();
    await Promise.all(uses);
    await after.stop();
    // one process continued with the permit that it had
    expect(servedWithout).toBeLessThanOrEqual(4);
    expect(door.visits).toBe(20);
    expect(door.most).toBeLessThanOrEqual(2);
  });

  it('withstands whatever is sent to it, and counts it', async () => {
    host = await temporal.host();
    const options = { name, limits: [connections(2), new CallLimit({ windowSeconds: 3600, capacity: 50 })] };
    const set = temporal.set(options);
    const holder = await set.acquire();
    const limiter = temporal.client.workflow.getHandle(limiterId(name));
    const messages = hostileMessages();
    for (const message of messages) await limiter.signal('limits.sync', message);
    await until('all are refused', async () => {
      const { counters } = await limiterStats(temporal.client, name);
      return counters.refused >= messages.length;
    });
    expect(holder.signal.aborted).toBe(false);
    const second = await temporal.set(options).acquire();
    expect((await set.tryAcquire()).successful).toBe(false);
    await untilAvailable(set, { connections: 0, call_count: 48 });
    await holder.release();
    await second.release();
  });
});

describe('a process', () => {
  it('that is cut off for longer than its lease learns that it is lost before its permits go to others', async () => {
    host = await temporal.limiterOnly();
    const options = { name, limits: [connections(1)], leaseMs: 1_500 };
    let isCut = false;
    const cut = <I, O>(input: I, next: (input: I) => Promise<O>): Promise<O> =>
      isCut ? Promise.reject(new Error('cut off')) : next(input);
    const lost = temporal.set(options, { interceptors: { workflow: [{ signalWithStart: cut, query: cut }] } });
    const other = temporal.set(options);
    const holder = await lost.acquire();
    isCut = true;
    const slot = await other.acquire();
    expect(holder.signal.aborted).toBe(true);
    expect(holder.signal.reason).toMatchObject({ name: 'LeaseLostError' });
    expect(slot.fencingToken).toBeGreaterThan(holder.fencingToken);
    await holder.release();
    expect((await other.tryAcquire()).successful).toBe(false);
    isCut = false;
    await slot.release();
    await (await lost.acquire()).release();
  });

  it('that is killed leaves its permits to others', async () => {
    host = await temporal.host();
    const options: LimitSetJSON = { name, limits: [connections(2)], leaseMs: 5_000, mode: 'temporal' };
    const child = startChild(temporal.server, {
      role: 'hold',
      set: temporal.set(options).toJSON(),
      times: 2,
    });
    await heard(child);
    const set = temporal.set(options);
    await until('both are held', async () => (await set.getStats()).limits['connections']?.available === 0);
    expect((await set.tryAcquire()).successful).toBe(false);
    await killChildren();
    const slots = await Promise.all([set.acquire(), set.acquire()]);
    for (const slot of slots) await slot.release();
  });
});

it('no workflow task has failed', async () => {
  expect(await failedTasks(temporal.client)).toEqual([]);
});
