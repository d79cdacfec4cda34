import { randomUUID } from 'node:crypto';
import { activityInfo, cancelled, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { TemporalForTests } from '../support/temporal';
import type * as workflows from '../support/task-pool-workflows';
import type { PoolActivities, PoolState } from '../support/task-pool-workflows';
import { until } from '../support/until';

let temporal: TemporalForTests;
let queues: readonly [string, string];
let workers: { stop(): Promise<void> };
const gates = new Map<string, () => void>();
const opened = new Set<string>();

function open(gate: string): void {
  opened.add(gate);
  gates.get(gate)?.();
}

const activities: PoolActivities = {
  async pass(gate) {
    heartbeat();
    const isOpen = new Promise<void>((resolve) => {
      if (opened.has(gate)) resolve();
      else gates.set(gate, resolve);
    });
    const beating = setInterval(heartbeat, 100);
    try {
      await Promise.race([isOpen, cancelled()]);
    } finally {
      clearInterval(beating);
    }
    return gate;
  },
  async fail(message) {
    throw ApplicationFailure.nonRetryable(message);
  },
  async failOnce(gate) {
    if (activityInfo().attempt === 1) throw new Error('once');
    return activities.pass(gate);
  },
  where: async () => activityInfo().taskQueue,
};

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  queues = [`pool-a-${randomUUID()}`, `pool-b-${randomUUID()}`];
  const running = await Promise.all(
    queues.map((taskQueue) =>
      Worker.create({
        connection: temporal.native,
        namespace: temporal.server.namespace,
        taskQueue,
        activities,
        workflowsPath: require.resolve('../support/task-pool-workflows'),
        // quick to hear of a cancellation
        maxHeartbeatThrottleInterval: '100ms',
        defaultHeartbeatThrottleInterval: '100ms',
      }),
    ),
  );
  const ended = running.map((worker) => worker.run());
  workers = {
    async stop() {
      for (const worker of running) worker.shutdown();
      await Promise.all(ended);
    },
  };
});

beforeEach(() => {
  gates.clear();
  opened.clear();
  opened.add('open');
});

afterAll(async () => {
  await workers.stop();
  await temporal.stop();
});

type Workflows = typeof workflows;
type WorkflowName = {
  [K in keyof Workflows]: Workflows[K] extends (...args: never[]) => Promise<unknown> ? K : never;
}[keyof Workflows];

function start<K extends WorkflowName>(
  name: K,
  ...args: Parameters<Workflows[K]>
): Promise<WorkflowHandle<Workflows[K]>> {
  return temporal.client.workflow.start(name, {
    taskQueue: queues[0],
    workflowId: randomUUID(),
    args: args as never,
  }) as Promise<WorkflowHandle<Workflows[K]>>;
}

const stateOf = (handle: WorkflowHandle): Promise<PoolState> => handle.query<PoolState>('pool');

/** Waits until the workflow has come so far. */
async function untilState(handle: WorkflowHandle, is: (state: PoolState) => boolean): Promise<PoolState> {
  let state: PoolState | undefined;
  await until('the pool has come so far', async () => {
    state = await stateOf(handle);
    return is(state) || JSON.stringify(state);
  });
  return state!;
}

describe('a task pool', () => {
  it('lets a submission wait while the queue of its worker is full, and shows it', async () => {
    const handle = await start('submitAll', { queues: [...queues], maxQueuedTasks: 1 }, 'pass', ['a', 'b', 'c', 'd']);
    const full = await untilState(handle, ({ stats }) => stats.submissionQueues[0]?.queued === 1);
    expect(full.submitted).toEqual(['a', 'b']);
    expect(full.stats).toEqual({
      totalWorkers: 2,
      maxQueuedTasks: 1,
      inFlight: 2,
      submissionQueues: [
        { workerIndex: 0, capacity: 1, queued: 1, inFlight: 1 },
        { workerIndex: 1, capacity: 1, queued: 0, inFlight: 1 },
      ],
    });
    open('b');
    await untilState(handle, ({ done }) => done[1] === true);
    expect((await stateOf(handle)).submitted).toEqual(['a', 'b']);
    open('a');
    await untilState(handle, ({ submitted }) => submitted.length === 4);
    open('c');
    open('d');
    expect(await handle.result()).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 0],
      ['d', 1],
    ]);
  });

  it('decides the same when its history is replayed', async () => {
    const gates = Array.from({ length: 20 }, () => 'open');
    const options = { queues: [...queues], maxQueuedTasks: 3, loadBalancing: 'Random' } as const;
    const handle = await start('submitAll', options, 'pass', gates);
    expect(await handle.result()).toHaveLength(20);
    const workflowsPath = require.resolve('../support/task-pool-workflows');
    await Worker.runReplayHistory({ workflowsPath }, await handle.fetchHistory());
  });

  it('counts a task once, however often it is tried', async () => {
    const handle = await start('submitAll', { queues: [queues[0]], maxQueuedTasks: 2 }, 'failOnce', ['a', 'b', 'open']);
    const { stats } = await untilState(handle, () => gates.size === 2);
    expect(stats.submissionQueues).toEqual([{ workerIndex: 0, capacity: 2, queued: 1, inFlight: 2 }]);
    open('a');
    open('b');
    expect(await handle.result()).toEqual(['a', 'b', 'open'].map((gate) => [gate, 0]));
  });

  it('on demand takes each task at once, as a worker of its own', async () => {
    const handle = await start('submitAll', { queues: [...queues], maxQueuedTasks: 1, onDemand: true }, 'pass', [
      'a',
      'b',
      'c',
    ]);
    const { stats } = await untilState(handle, ({ submitted }) => submitted.length === 3);
    expect(stats).toEqual({ totalWorkers: 3, maxQueuedTasks: null, inFlight: 3, submissionQueues: [] });
    for (const gate of ['a', 'b', 'c']) open(gate);
    expect(await handle.result()).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
    ]);
  });

  it('that blocks answers with tasks that have ended', async () => {
    const handle = await start('submitAll', { queues: [queues[0]], blocking: true }, 'pass', ['open', 'b', 'open']);
    const state = await untilState(handle, () => gates.has('b'));
    expect(state).toMatchObject({ submitted: ['open'], done: [true], stats: { maxQueuedTasks: null, inFlight: 1 } });
    open('b');
    expect(await handle.result()).toHaveLength(3);
  });

  it('goes by turns over its queues, from its own offset, workers that share a queue included', async () => {
    const [a, b] = queues;
    expect(await (await start('placesOf', { queues: [a, b], workerIndex: 1 }, 3)).result()).toEqual([b, a, b]);
    expect(await (await start('placesOf', { queues: [a, b], maxWorkers: 3 }, 4)).result()).toEqual([a, b, a, a]);
  });

  it('serves the task queues of a limit pool', async () => {
    const limitSets = queues.map((taskQueue) => ({ name: taskQueue, config: { taskQueue } }));
    expect(await (await start('placesOf', { limitPool: { limitSets } }, 2)).result()).toEqual(queues);
  });

  it('withdraws a submission that waits when the workflow is cancelled, and forgets the tasks that end then', async () => {
    const handle = await start('submitInVain', queues[0]);
    await until('the first task is under way', () => gates.has('never'));
    await handle.cancel();
    expect(await handle.result()).toEqual(['submit cancelled', 'task cancelled', '0 in flight, 0 queued']);
  });

  it('cancels one task, and takes no harm from a failure that nobody asks for', async () => {
    expect(await (await start('cancelOne', queues[0])).result()).toEqual(['cancelled', 'open']);
  });

  it.each([{ queues: [] }, { queues: ['q'] }])(
    'that cannot be fails the workflow rather than its task: %j',
    async (options) => {
      const handle = await start('makePool', options);
      await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'InvalidLimitError' } });
    },
  );
});

describe('waiting for tasks', () => {
  it('ends at the first one', async () => {
    const handle = await start('waitFor', queues[0], { returnWhen: 'FirstCompleted' });
    expect(await handle.result()).toEqual({ done: 1, notDone: 1 });
  });

  it('ends at its timeout with an error that says how far it came', async () => {
    const handle = await start('waitFor', queues[0], { timeout: '1s' });
    await expect(handle.result()).rejects.toMatchObject({
      cause: {
        type: 'TasksTimeoutError',
        message: '1 of 2 tasks had not ended within 1s',
        details: [{ done: 1, notDone: 1, timeout: '1s' }],
      },
    });
  });

  it('leaves no timer behind when it ends before its timeout', async () => {
    const handle = await start('waitFor', queues[0], { returnWhen: 'FirstCompleted', timeout: '1h' });
    expect(await handle.result()).toEqual({ done: 1, notDone: 1 });
    const { events } = await handle.fetchHistory();
    const timers = events?.filter(({ timerStartedEventAttributes }) => timerStartedEventAttributes).length;
    const cancels = events?.filter(({ timerCanceledEventAttributes }) => timerCanceledEventAttributes).length;
    expect(cancels).toBe(timers);
  });

  it('reads them in the order in which they end', async () => {
    const handle = await start('readInOrder', queues[0], ['a', 'b', 'c']);
    await until('all are under way', () => gates.size === 3);
    for (const gate of ['b', 'c', 'a']) {
      open(gate);
      await untilState(handle, ({ submitted }) => submitted.includes(gate));
    }
    expect(await handle.result()).toEqual(['b', 'c', 'a']);
  });
});
