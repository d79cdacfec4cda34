import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { resetLimitDefaults } from '../../src/acquire/set/defaults';
import { durationToMs } from '../../src/limiter/checks/duration';
import {
  asCompleted,
  CallLimit,
  configureLimits,
  gather,
  LimitPool,
  LimitSet,
  ResourceLimit,
  TaskPool,
  wait,
} from '../../src/workflows/index';
import { limiterInput } from '../../src/workflows/limiter/limiter-workflow';
import { target, type Target } from '../target';
import { mutated, oddText, oddValue } from '../values';
import { orRefused } from '../verdict';

const ROUTED = { startToCloseTimeout: '1m', retry: { maximumAttempts: 3 } };
const TASK_POOL = {
  queues: ['east', 'west'],
  maxWorkers: 4,
  maxQueuedTasks: 10,
  loadBalancing: 'LeastWait',
  workerIndex: 1,
  onDemand: false,
  blocking: false,
  activityOptions: ROUTED,
};
const POOL_ACTIVITIES = {
  ...ROUTED,
  acquire: { requested: () => ({ calls: 1 }), usage: () => ({ calls: 1 }), timeout: '1s', priority: 1 },
  onRouted: () => undefined,
};
const DEFINITION = {
  version: 1,
  limits: [{ kind: 'resource', key: '__proto__', capacity: 3 }],
  timing: { leaseMs: 30_000, horizonMs: 500, guardMs: 50 },
};

const newSet = (): LimitSet =>
  new LimitSet({
    name: 'set',
    limits: [new CallLimit({ windowSeconds: 60, capacity: 5 }), new ResourceLimit({ key: 'constructor', capacity: 2 })],
    config: { taskQueue: 'east' },
  });

/** By these words the SDK, and code that counts on the sandbox, say that there is no workflow here. So far it went, and no further. */
const OUTSIDE = /Workflow Execution|workflow context|getStore is not a function|AsyncLocalStorage is not defined/i;

const upToTheSandbox = (action: () => unknown): Promise<boolean> =>
  orRefused(async () => {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Error && OUTSIDE.test(error.message))) throw error;
    }
  });

/** Nobody waits here: a time that makes sense is left out. */
function withoutTimeout(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || !('timeout' in options)) return options;
  try {
    durationToMs('timeout', options.timeout as never);
  } catch {
    return options;
  }
  return { ...options, timeout: undefined };
}

/** What workflow code calls, as far as it goes without a workflow. */
export const workflowCode: readonly Target[] = [
  target(
    'acquisitions in a workflow',
    fc.tuple(mutated({ requested: { constructor: 1 }, priority: 1, timeout: '1s' }), oddValue),
    async ([options, key]) => {
      const set = newSet();
      const pool = new LimitPool({ limitSets: [set] });
      for (const from of [set, pool]) {
        await upToTheSandbox(() => from.acquire(options as never));
        await upToTheSandbox(() => from.tryAcquire(options as never));
        await upToTheSandbox(() => from.tryAcquireNow(options as never));
        await upToTheSandbox(() => from.use(options as never, options as never));
      }
      await upToTheSandbox(() => set.expectedWaitMs(options as never));
      await upToTheSandbox(() => pool.at(key as never));
    },
  ),
  target('activities of a pool', mutated(POOL_ACTIVITIES), async (options) => {
    await upToTheSandbox(() => new LimitPool({ limitSets: [newSet()] }).proxyActivities(options as never));
  }),
  target('task pools', fc.tuple(mutated(TASK_POOL), mutated(['complete', ['a'], ROUTED])), async ([options, task]) => {
    await upToTheSandbox(() => new TaskPool(options as never).getStats());
    const pool = new TaskPool({ queues: ['east'], activityOptions: { startToCloseTimeout: '1m' } });
    await upToTheSandbox(() =>
      pool.submit(...((Array.isArray(task) ? task : [task]) as Parameters<typeof pool.submit>)),
    );
  }),
  target(
    'tasks',
    fc.tuple(
      mutated([Promise.resolve(1), Promise.resolve(2)]),
      mutated({ timeout: '1s', returnExceptions: true, returnWhen: 'FirstCompleted' }),
    ),
    async ([tasks, odd]) => {
      // what never ends would be waited for
      const ending = Array.isArray(tasks) ? tasks.map((task: unknown) => Promise.resolve(task)) : tasks;
      const options = withoutTimeout(odd);
      await upToTheSandbox(() => gather(ending as never, options as never));
      await upToTheSandbox(() => wait(ending as never, options as never));
      await upToTheSandbox(async () => {
        for await (const { result } of asCompleted(ending as never, options as never) as AsyncIterable<{
          result: () => Promise<unknown>;
        }>)
          await result();
      });
    },
  ),
  target('defaults of a workflow', mutated({ algorithm: 'GCRA', leaseMs: 9e3, workerIndex: 3 }), async (options) => {
    await orRefused(() => {
      configureLimits(options as never);
    });
    resetLimitDefaults();
  }),
  target(
    'inputs of a limiter',
    fc.oneof(mutated({ definition: DEFINITION, events: 5, maxEvents: 100 }), oddText),
    (input) => {
      try {
        const { events, maxEvents } = limiterInput(input, false);
        if (!Number.isFinite(events + maxEvents)) throw new Error('it would never end, or never begin');
      } catch (error) {
        if (!(error instanceof ApplicationFailure && error.type === 'InvalidLimiterInput')) throw error;
      }
    },
  ),
];
