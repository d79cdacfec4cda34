import { randomUUID } from 'node:crypto';
import { checkSetOptions } from '../../src/client/sets/limit-set-options';
import { CallLimit, RateLimit, ResourceLimit } from '../../src/index';
import { defineLimits } from '../../src/limiter/definition/definition';
import { LIMITER_TASK_QUEUE, LIMITER_WORKFLOW, limiterId } from '../../src/workflows/limiter/protocol';
import { failedTasks, runsOf } from '../support/limiter-runs';
import { mostAtOnce } from '../support/occupancy';
import { Slots } from '../support/slots';
import { StrictCount } from '../../simulator/provider/strict-count';
import { untilAvailable } from '../support/until-available';

let slots: Slots;
let name: string;

beforeAll(async () => {
  slots = await Slots.start();
});

beforeEach(() => {
  name = randomUUID();
});

afterEach(() => slots.temporal.closeSets());

afterAll(() => slots.stop());

const connections = (capacity: number): ResourceLimit => new ResourceLimit({ key: 'connections', capacity });
const nTimes = <T>(count: number, action: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => action(i));

/** Types of the events of a workflow task, in the API's enumeration: scheduled, started, completed, timed out, failed. */
const WORKFLOW_TASK = [5, 6, 7, 8, 9];

const untilWaiting = (count: number): Promise<void> => slots.untilWaiting(name, count);
const untilFree = (): Promise<void> => slots.untilFree(name);

describe('workflows that share a limit set', () => {
  it('hold permits together with a process, never more than there are', async () => {
    const options = { name, limits: [connections(3)] };
    const set = slots.temporal.set(options);
    const times: [number, number][] = [];
    const work = async (): Promise<void> => {
      for (let i = 0; i < 15; i += 1) {
        await set.use({}, async () => {
          const from = Date.now();
          await new Promise((resolve) => setTimeout(resolve, 20));
          times.push([from, Date.now()]);
        });
      }
    };
    const runs = await Promise.all(nTimes(20, () => slots.run('hold', options, {}, 40)));
    const [held] = await Promise.all([Promise.all(runs.map((run) => run.result())), work(), work()]);
    for (const { from, to } of held) times.push([from, to]);
    expect(times).toHaveLength(50);
    // one machine, one clock; a workflow's is that of its newest task
    expect(mostAtOnce(times.map(([from, to]) => [from + 1, to - 1]))).toBeLessThanOrEqual(3);
    await set.yield();
  });

  it('are served in the order in which they asked, with larger and larger fencing tokens', async () => {
    const options = { name, limits: [connections(1)] };
    const first = await slots.run('hold', options);
    await slots.untilFull(name);
    const others = [];
    for (let i = 1; i <= 5; i += 1) {
      others.push(await slots.run('hold', options, {}, 10));
      await untilWaiting(i);
    }
    await first.signal('letGo');
    const held = await Promise.all([first, ...others].map((run) => run.result()));
    expect([...held].sort((a, b) => a.from - b.from)).toEqual(held);
    expect([...held].sort((a, b) => a.fencingToken - b.fencingToken)).toEqual(held);
    await untilFree();
  });

  it('stay within a rate, wherever between grant and release a provider counts', async () => {
    const limits = [new CallLimit({ windowSeconds: 1, capacity: 5 })];
    const runs = await Promise.all(nTimes(12, () => slots.run('hold', { name, limits }, {}, 100)));
    const held = await Promise.all(runs.map((run) => run.result()));
    for (const moment of ['from', 'to'] as const) {
      const count = new StrictCount(defineLimits(limits, 'SlidingWindow')[0]!);
      for (const times of held) count.arrive(times[moment], 1);
      expect(count.worstExcess()).toBeLessThanOrEqual(0);
    }
  });

  it('wait without a timer, and cost few events', async () => {
    const options = { name, limits: [connections(1)] };
    const holder = await slots.run('hold', options);
    await slots.untilFull(name);
    const waiting = await slots.run('hold', options);
    await untilWaiting(1);
    await holder.signal('letGo');
    await untilWaiting(0);
    await slots.untilFull(name);
    await waiting.signal('letGo');
    await waiting.result();
    const { events = [] } = await waiting.fetchHistory();
    expect(events?.filter((event) => event.timerStartedEventAttributes)).toEqual([]);
    expect(events?.filter((event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes)).toHaveLength(2);
    // however many tasks they were handled in: that is up to the server
    const steps = events?.filter(({ eventType }) => !WORKFLOW_TASK.includes(Number(eventType)));
    expect(steps?.length).toBeLessThanOrEqual(10);
  });

  it('acquire many times at once in one run, with no more messages than needed', async () => {
    const options = { name, limits: [connections(3)] };
    const run = await slots.run('fanOut', options, {}, 30, 20);
    expect(await run.result()).toBe(3);
    const { events = [] } = await run.fetchHistory();
    const syncs = events?.filter((event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes);
    // one a turn at most, however many acquire or release in it
    const turns = events?.filter((event) => event.workflowTaskCompletedEventAttributes);
    expect(syncs?.length).toBeLessThanOrEqual(turns!.length);
    await untilFree();
  });

  it('settle what they did not use', async () => {
    const tokens = new RateLimit({ key: 'tokens', windowSeconds: 1_000_000, capacity: 100, algorithm: 'TokenBucket' });
    const options = { name, limits: [tokens] };
    const set = slots.temporal.set(options);
    await (await slots.run('fanOut', options, { requested: { tokens: 30 } }, 2, 1)).result();
    await untilAvailable(set, { tokens: 40 });
  });

  it('are told at once when they ask and nothing is free', async () => {
    const options = { name, limits: [connections(1)] };
    expect(await (await slots.run('ask', options)).result()).toBe(true);
    const holder = await slots.temporal.set(options).acquire();
    expect(await (await slots.run('ask', options)).result()).toBe(false);
    await holder.release();
  });

  it('spread over the sets of a pool, each run from its offset on', async () => {
    const sets = nTimes(3, (i) => ({
      name: `${name}-${String(i)}`,
      limits: [connections(2)],
      config: { region: `r${String(i)}` },
    }));
    const run = await slots.run('spread', sets, 4);
    const place = (i: number): string => `${name}-${String(i)} ${String(i)} {"region":"r${String(i)}"}`;
    expect(await run.result()).toEqual([1, 2, 0, 1].map(place));
  });
});

describe('a wait', () => {
  it('ends at its timeout, also while nobody runs the limiter', async () => {
    const options = { name, limits: [connections(1)] };
    const holder = await slots.temporal.set(options).acquire();
    const timeout = { cause: { type: 'AcquireTimeoutError', nonRetryable: false } };
    const waitedFor = {
      limitSet: name,
      timeoutMs: 300,
      limit: 'connections',
      needed: 1,
      capacity: 1,
      free: 0,
      ahead: 0,
      others: [],
    };
    await expect((await slots.run('hold', options, { timeout: 300 })).result()).rejects.toMatchObject({
      cause: { ...timeout.cause, details: [waitedFor] },
    });
    await untilWaiting(0);
    await holder.release();
    await slots.temporal.closeSets();
    await slots.host.stop();
    name = randomUUID();
    const away = await slots.run('hold', { ...options, name }, { timeout: 300 });
    await expect(away.result()).rejects.toMatchObject(timeout);
    slots.host = await slots.temporal.host();
    await untilFree();
  });

  it('is refused at once behind as many in its run as may wait there', async () => {
    const options = { name, limits: [connections(1)] };
    const holder = await slots.temporal.set(options).acquire();
    const run = await slots.run('lineUp', { ...options, maxWaiting: 2 }, 4);
    await untilWaiting(2);
    await holder.release();
    const refused = `QueueFullError: 2 acquisitions of "${name}" already wait, which is the most that its maxWaiting allows`;
    expect(await run.result()).toEqual(['served', 'served', refused, refused]);
    const none = await slots.run('hold', { ...options, name: `${name}-none`, maxWaiting: 0 });
    await expect(none.result()).rejects.toMatchObject({ cause: { type: 'QueueFullError' } });
  });

  it('at a pool ends at the timeout that was given, and says it', async () => {
    const sets = [0, 1].map((i) => ({ name: `${name}-${String(i)}`, limits: [connections(1)] }));
    const holders = await Promise.all(sets.map((options) => slots.temporal.set(options).acquire()));
    const run = await slots.run('waitAtPool', sets, 300);
    expect(await run.result()).toContain('within 300 ms');
    await Promise.all(holders.map((holder) => holder.release()));
  });

  it('continues by newer limits, and fails if those are too small for it', async () => {
    const held = { connections: 2 };
    const define = (version: number, capacity: number) => ({ name, version, limits: [connections(capacity)] });
    const holder = await slots.run('hold', define(1, 2), { requested: held });
    await slots.untilFull(name);
    const [big, small] = [
      await slots.run('hold', define(1, 2), { requested: held }, 1),
      await slots.run('hold', define(1, 2), {}, 1),
    ];
    await untilWaiting(2);
    await slots.temporal.set(define(2, 1)).tryAcquire();
    await expect(big.result()).rejects.toMatchObject({ cause: { type: 'RequestExceedsCapacityError' } });
    await holder.signal('letGo');
    await Promise.all([holder.result(), small.result()]);
    const [first, second] = [await slots.run('hold', define(2, 1)), await slots.run('hold', define(2, 1))];
    await untilWaiting(1);
    await slots.temporal.set(define(3, 2)).tryAcquire();
    await slots.untilFull(name);
    await Promise.all([first, second].map((run) => run.signal('letGo')));
    await Promise.all([first, second].map((run) => run.result()));
  });

  it('does not end with a scope around one that is not to be cancelled', async () => {
    const run = await slots.run('cleanUp', { name, limits: [connections(1)] });
    await run.cancel();
    expect(await run.result()).toBe('cleaned up, tried true');
    await untilFree();
  });

  it('ends with its cancellation scope, and is forgotten', async () => {
    const options = { name, limits: [connections(1)] };
    const holder = await slots.temporal.set(options).acquire();
    const run = await slots.run('waitCancelled', options);
    await untilWaiting(1);
    await run.signal('letGo');
    expect(await run.result()).toBe('cancelled');
    await untilWaiting(0);
    await holder.release();
  });

  it('ends with its workflow, however that ends, and breaks nothing', async () => {
    const options = { name, limits: [connections(1)], leaseMs: 2_000 };
    const holder = await slots.temporal.set(options).acquire();
    const [cancelled, terminated, timedOut] = await Promise.all([
      slots.run('hold', options),
      slots.run('hold', options),
      slots.runFor(1_000, 'hold', options),
    ]);
    const last = await slots.run('hold', options, {}, 1);
    await cancelled.cancel();
    await terminated.terminate();
    await expect(timedOut.result()).rejects.toThrow();
    await holder.release();
    await last.result();
    await slots.temporal.closeSets();
    await untilFree();
  });
});

describe('a mistake', () => {
  it('fails the workflow rather than its task', async () => {
    const limits = [new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 10 })];
    const run = (requested: Record<string, number>) => slots.run('forgetUsage', { name, limits }, { requested });
    await expect((await run({ tokens: 11 })).result()).rejects.toMatchObject({
      cause: { type: 'RequestExceedsCapacityError', nonRetryable: true, details: [{ key: 'tokens' }] },
    });
    const nest = (wish: object) => slots.run('nest', { name: `${name}-nested`, limits: [connections(1)] }, wish);
    expect(await (await nest({})).result()).toBe('nested');
    const nested = await nest({ requested: { connections: 1 } });
    await expect(nested.result()).rejects.toMatchObject({ cause: { type: 'NestedAcquireError' } });
    await expect((await run({ tokens: 1 })).result()).rejects.toMatchObject({ cause: { type: 'MissingUsageError' } });
    // what was paid for is kept
    const paid = await slots.run('forgetUsageOfUse', { name, limits }, { requested: { tokens: 1 } });
    expect(await paid.result()).toBe('answer');
    const nameless = await slots.run('forgetUsage', { limits } as never, {});
    await expect(nameless.result()).rejects.toMatchObject({ cause: { type: 'InvalidLimitError' } });
  });
});

describe('a limiter', () => {
  it('continues as new while workflows hold and wait, and nobody notices', async () => {
    const options = { name, limits: [connections(2)] };
    await slots.temporal.client.workflow.start(LIMITER_WORKFLOW, {
      workflowId: limiterId(name),
      taskQueue: LIMITER_TASK_QUEUE,
      args: [{ definition: checkSetOptions({ ...options, mode: 'temporal' }).definition, maxEvents: 60 }],
    });
    const runs = await Promise.all(nTimes(40, () => slots.run('hold', options, {}, 20)));
    const held = await Promise.all(runs.map((run) => run.result()));
    expect(mostAtOnce(held.map(({ from, to }) => [from + 1, to - 1]))).toBeLessThanOrEqual(2);
    expect((await runsOf(slots.temporal.client, name)).length).toBeGreaterThanOrEqual(3);
    await untilFree();
  });

  it('has had no workflow task fail', async () => {
    expect(await failedTasks(slots.temporal.client)).toEqual([]);
  });
});
