import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { strictMeter } from '../../simulator/provider/strict-meter';
import { currentAcquisition, currentLimits, limited, LimitsPlugin } from '../../src/activities/index';
import { CallLimit, configureLimits, LimitPool, LimitSet, RateLimit, ResourceLimit, type Limit } from '../../src/index';
import { limiterStats } from '../support/limiter-runs';
import type { RemoteCall } from '../support/remote-child';
import { killRemoteProcesses, RemoteProcess } from '../support/remote-process';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';
import type { runActivity } from '../support/workflows';

/** What limits that recover within no test have for a window. Unit: seconds. */
const WEEK = 604_800;

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.host();
});

afterEach(killRemoteProcesses);

afterAll(() => temporal.stop());

/** Two processes with the same limits. */
async function twoProcesses(name: string, limits: readonly Limit[], taskQueue: string = randomUUID()) {
  const set = new LimitSet({ name, limits, mode: 'temporal', client: temporal.client }).toJSON();
  const start = (): Promise<RemoteProcess> => RemoteProcess.start(temporal.server, { set, taskQueue });
  return Promise.all([start(), start()]);
}

/** Waits until so many acquisitions wait, in all processes. */
const untilWaiting = (name: string, count: number): Promise<void> =>
  until(`${count} wait`, async () => {
    const { waiting } = await limiterStats(temporal.client, name);
    return waiting === count || `${waiting} do`;
  });

describe('a limit that has nothing left', () => {
  const everyKind: [string, Limit][] = [
    ['calls', new CallLimit({ key: 'A', windowSeconds: WEEK, capacity: 1 })],
    ['tokens', new RateLimit({ key: 'A', windowSeconds: WEEK, capacity: 1 })],
    ['a token bucket', new RateLimit({ key: 'A', windowSeconds: WEEK, capacity: 1, algorithm: 'TokenBucket' })],
    ['permits', new ResourceLimit({ key: 'A', capacity: 1 })],
  ];

  it.each(everyKind)('holds up nobody who does not ask for it, in either process: %s', async (_kind, limit) => {
    const name = randomUUID();
    const limits = [limit, new CallLimit({ key: 'B', windowSeconds: WEEK, capacity: 10 })];
    const [one, other] = await twoProcesses(name, limits);
    const onlyA = { A: 1, B: 0 };
    const onlyB = { A: 0, B: 1 };
    await one.do('acquire', onlyA);
    const waiting = [one.do('acquire', onlyA), other.do('acquire', onlyA)];
    for (const acquisition of waiting) acquisition.catch(() => 'killed in the end');
    await untilWaiting(name, 2);
    for (const process of [one, other]) {
      await process.do('acquire', onlyB);
      expect(await process.do('tryAcquire', onlyB)).toBe(true);
      expect(await process.do('tryAcquire', onlyA)).toBe(false);
    }
    // who has just been refused is told of with the next report
    await until('the two that wait for A are all who wait', async () => {
      const { waiting, limits } = await limiterStats(temporal.client, name);
      return (waiting === 2 && limits['B']?.available === 6) || `${waiting} wait, B: ${limits['B']?.available}`;
    });
  });

  it('goes to those who wait for it in their order, whoever passes meanwhile', async () => {
    const name = randomUUID();
    const limits = [
      new ResourceLimit({ key: 'A', capacity: 1 }),
      new CallLimit({ key: 'B', windowSeconds: WEEK, capacity: 100 }),
    ];
    const [one, other] = await twoProcesses(name, limits);
    const both = { A: 1, B: 1 };
    const served: string[] = [];
    const wait = async (process: RemoteProcess, who: string): Promise<void> => {
      const { slot } = await process.do('acquire', both);
      served.push(who);
      await process.do('release', slot);
    };
    const { slot } = await one.do('acquire', both);
    const first = wait(one, 'first');
    await untilWaiting(name, 1);
    // requests of two processes that come within 250 ms of each other are taken for equally old
    await new Promise((resolve) => setTimeout(resolve, 600));
    const second = wait(other, 'second');
    await untilWaiting(name, 2);
    for (const process of [other, one, other]) await process.do('acquire', { A: 0, B: 1 });
    expect(served).toEqual([]);
    await one.do('release', slot);
    await Promise.all([first, second]);
    expect(served).toEqual(['first', 'second']);
  });
});

describe('tokens that were reserved and not used', () => {
  const [capacity, reserved, used] = [20_000, 1_000, 100];
  /** With one more, the reservation of another call does not fit any more: 95.5 % of the quota. */
  const calls = Math.floor((capacity - reserved) / used) + 1;

  it.each(['SlidingWindow', 'TokenBucket'] as const)('come back to both processes: %s', async (algorithm) => {
    const name = randomUUID();
    const limit = new RateLimit({ key: 'tokens', windowSeconds: WEEK, capacity, algorithm, unused: 'returned' });
    const processes = await twoProcesses(name, [limit]);
    const half = Math.floor(calls / 2);
    const made = await Promise.all(
      processes.map((process, i) =>
        process.do('call', i === 0 ? half : calls - half, 8, { tokens: reserved }, { tokens: used }, 60),
      ),
    );
    expect(made.flat()).toHaveLength(calls);
    expect(refused(made.flat())).toBe(0);
    await until('all of it is back', async () => {
      const { limits } = await limiterStats(temporal.client, name);
      return Math.floor(limits['tokens']?.available ?? 0) === capacity - calls * used || JSON.stringify(limits);
    });
    for (const process of processes) expect(await process.do('tryAcquire', { tokens: reserved })).toBe(false);
  });

  /** Arrivals that a provider refuses which counts what is reserved at the arrival, and what was used at the reply. */
  function refused(made: readonly RemoteCall[]): number {
    const meter = strictMeter({
      ...{ kind: 'rate', key: 'tokens', windowMs: 1_000 * WEEK, capacity },
      ...{ algorithm: 'SlidingWindow', overage: 'reject' },
    });
    const events = made.flatMap(({ arrived, replied }) => [
      { at: arrived, isArrival: true, arrived },
      { at: replied, isArrival: false, arrived },
    ]);
    events.sort((a, b) => a.at - b.at);
    let count = 0;
    for (const { at, isArrival, arrived } of events) {
      if (!isArrival) meter.giveBack(at, reserved - used, arrived);
      else if (meter.arrive(at, reserved) > 0) count += 1;
    }
    return count;
  }
});

it.each(['RoundRobin', 'LeastWait'] as const)(
  'no call of a pool waits at a slow account beside one that is free: %s',
  async (loadBalancing) => {
    const [slow, quick] = [randomUUID(), randomUUID()];
    const account = (name: string, windowSeconds: number) =>
      new LimitSet({ name, mode: 'temporal', limits: [new CallLimit({ capacity: 1, windowSeconds })] }).toJSON();
    const pool = { loadBalancing, limitSets: [account(slow, WEEK), account(quick, 1)] };
    const start = () => RemoteProcess.start(temporal.server, { pool, taskQueue: randomUUID() });
    const processes = await Promise.all([start(), start()]);
    const acquired = await Promise.all(
      processes.flatMap((process) => Array.from({ length: 5 }, () => process.do('acquire', {}))),
    );
    const servedBy = (name: string) => acquired.filter(({ limitSet }) => limitSet === name).length;
    expect({ slow: servedBy(slow), quick: servedBy(quick) }).toEqual({ slow: 1, quick: 9 });
  },
);

describe('holders that acquire from the same limits inside', () => {
  const limits = [
    new ResourceLimit({ key: 'db', capacity: 5 }),
    new RateLimit({ key: 'tokens', windowSeconds: WEEK, capacity: 1_000 }),
  ];

  it('all finish, though they have all permits between them', async () => {
    const name = randomUUID();
    const processes = await twoProcesses(name, limits);
    const [three, two] = processes;
    const tokens = { tokens: 10 };
    expect(await Promise.all([three.do('nest', 3, tokens, tokens), two.do('nest', 2, tokens, tokens)])).toEqual([3, 2]);
    await until('all of it is back', async () => {
      const { limits: left } = await limiterStats(temporal.client, name);
      return (left['db']?.available === 5 && left['tokens']?.available === 900) || JSON.stringify(left);
    });
  });

  it('all finish as limited activities, more than there are permits', async () => {
    const taskQueue = randomUUID();
    await twoProcesses(randomUUID(), limits, taskQueue);
    const workflows = await Worker.create({
      connection: temporal.native,
      namespace: temporal.server.namespace,
      taskQueue,
      workflowsPath: require.resolve('../support/workflows'),
    });
    const run = (): Promise<unknown> =>
      temporal.client.workflow.execute<typeof runActivity>('runActivity', {
        taskQueue,
        workflowId: randomUUID(),
        args: ['nested', [], { startToCloseTimeout: '10m', retry: { maximumAttempts: 1 } }],
      });
    await workflows.runUntil(Promise.all(Array.from({ length: 20 }, run)));
  });
});

describe('an activity', () => {
  const full = () => [new CallLimit({ windowSeconds: WEEK, capacity: 1 })];

  /** Runs activities of this body, one after another, with the limits that a worker's plugin gets. */
  async function run(
    limits: LimitSet | LimitSet[],
    body: () => Promise<unknown>,
    startToCloseTimeout: string,
    times: number,
  ): Promise<unknown[]> {
    const taskQueue = randomUUID();
    const worker = await Worker.create({
      connection: temporal.native,
      namespace: temporal.server.namespace,
      taskQueue,
      activities: { work: body },
      workflowsPath: require.resolve('../support/workflows'),
      plugins: [new LimitsPlugin({ limits })],
    });
    return worker.runUntil(async () => {
      const results: unknown[] = [];
      for (let i = 0; i < times; i += 1) {
        const handle = await temporal.client.workflow.start<typeof runActivity>('runActivity', {
          taskQueue,
          workflowId: randomUUID(),
          args: ['work', [], { startToCloseTimeout, retry: { maximumAttempts: 1 } }],
        });
        results.push(await handle.result().catch((error: unknown) => error));
      }
      return results;
    });
  }

  it('starts no call whose result could not be reported any more, and says that waiting used its time up', async () => {
    const said: unknown[] = [];
    let calls = 0;
    const call = limited(() => Promise.resolve((calls += 1)));
    const body = () =>
      call().catch((error: unknown) => {
        said.push(error);
        throw error;
      });
    await run(temporal.set({ name: randomUUID(), limits: full() }), body, '5s', 2);
    expect(calls).toBe(1);
    expect(said).toEqual([
      expect.objectContaining({
        message: expect.stringContaining("Waiting used up the activity's startToCloseTimeout of 5000 ms"),
      }),
    ]);
  });

  it('sees the books of the set it is in, and its config', async () => {
    const set = temporal.set({ name: randomUUID(), config: { region: 'eu' }, limits: full() });
    const look = limited(async () => ({
      stats: await currentLimits().getStats(),
      config: currentLimits().config,
    }));
    const stats = { limits: { call_count: { available: 0 } } };
    expect(await run(set, look, '1m', 1)).toMatchObject([{ stats, config: { region: 'eu' } }]);
  });

  it('whose pool has no room for so long hears how long it was to wait, as it was said', async () => {
    const pool = new LimitPool({ limitSets: [temporal.set({ name: randomUUID(), limits: full() })] });
    await pool.acquire();
    await expect(pool.acquire({ timeout: 200 })).rejects.toThrow(/within 200 ms/);
  });

  // the last of the file: a process is configured once
  it('of a worker with an index begins with the set of that place', async () => {
    configureLimits({ workerIndex: 1 });
    const sets = ['first', 'second'].map((region) =>
      temporal.set({ name: randomUUID(), config: { region }, limits: full() }),
    );
    const chosen = await run(
      sets,
      limited(() => Promise.resolve(currentAcquisition()?.config)),
      '1m',
      2,
    );
    expect(chosen).toEqual([{ region: 'second' }, { region: 'first' }]);
  });
});
