import { randomUUID } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { currentLimits, limited, LimitsPlugin, type RetryOptions } from '../../src/activities/index';
import { CallLimit, LimitSet, ResourceLimit } from '../../src/index';
import { TemporalForTests } from '../support/temporal';
import type { runActivity } from '../support/workflows';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
});

afterAll(async () => {
  await temporal.stop();
});

const limitSet = (): LimitSet =>
  new LimitSet({
    limits: [
      new CallLimit({ windowSeconds: 3_600, capacity: 10 }),
      new ResourceLimit({ key: 'connections', capacity: 1 }),
    ],
  });

const linear = { retryAlgorithm: 'Linear', retryWait: 300, jitter: 0 } as const;

/** Runs one limited activity until it is through; `body` sees its workflow meanwhile. */
async function run(
  limits: LimitSet,
  work: () => Promise<unknown>,
  retry: RetryOptions,
  options: object = {},
  body: () => Promise<void> = () => Promise.resolve(),
): Promise<unknown> {
  const taskQueue = randomUUID();
  const worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue,
    activities: { work: limited(work, { retry }) },
    workflowsPath: require.resolve('../support/workflows'),
    plugins: [new LimitsPlugin({ limits })],
  });
  return worker.runUntil(async () => {
    const handle = await temporal.client.workflow.start<typeof runActivity>('runActivity', {
      taskQueue,
      workflowId: taskQueue,
      args: ['work', [], { startToCloseTimeout: '1m', ...options }],
    });
    await body();
    return handle.result().catch((error: unknown) => error);
  });
}

describe('a limited activity with retry', () => {
  it('is tried again after its own delays, and each attempt acquires anew and counts', async () => {
    const set = limitSet();
    const starts: number[] = [];
    const work = async (): Promise<void> => {
      starts.push(performance.now());
      throw new RangeError(`attempt ${String(activityInfo().attempt)}`);
    };
    const hurry = { initialInterval: '10ms', maximumInterval: '20ms' };
    const error = await run(set, work, { numRetries: 2, ...linear }, { retry: hurry });
    expect(error).toMatchObject({
      cause: {
        retryState: 'NON_RETRYABLE_FAILURE',
        cause: { type: 'RangeError', message: 'attempt 3', nonRetryable: true, cause: { message: 'attempt 3' } },
      },
    });
    const [first = NaN, second = NaN, third = NaN] = starts;
    expect(starts).toHaveLength(3);
    // 5 ms for clocks that are not the server's
    expect(second - first).toBeGreaterThanOrEqual(295);
    expect(third - second).toBeGreaterThanOrEqual(595);
    expect((await set.getStats()).limits).toMatchObject({
      call_count: { available: 7 },
      connections: { available: 1 },
    });
  });

  it('holds no limit while it waits, for as long as the provider asks', async () => {
    const set = limitSet();
    let attempts = 0;
    let failed = (): void => undefined;
    const hasFailed = new Promise<void>((resolve) => (failed = resolve));
    const work = async (): Promise<string> => {
      attempts += 1;
      if (attempts > 1) return 'done';
      failed();
      throw Object.assign(new Error('busy'), { headers: { 'retry-after-ms': '1500' } });
    };
    const result = await run(set, work, { numRetries: 1, ...linear }, {}, async () => {
      await hasFailed;
      await set.use({}, () => expect(attempts).toBe(1));
      expect(attempts).toBe(1);
    });
    expect(result).toBe('done');
    expect(attempts).toBe(2);
  });

  it('ends with what the caller allows: its number of attempts', async () => {
    let attempts = 0;
    const work = async (): Promise<void> => {
      attempts += 1;
      throw new Error('busy');
    };
    const error = await run(limitSet(), work, { numRetries: 5, ...linear }, { retry: { maximumAttempts: 2 } });
    expect(error).toMatchObject({ cause: { retryState: 'MAXIMUM_ATTEMPTS_REACHED', cause: { message: 'busy' } } });
    expect(attempts).toBe(2);
  });

  it('ends with what the caller allows: at once if the next attempt would come too late', async () => {
    const work = async (): Promise<void> => {
      throw Object.assign(new Error('come back tomorrow'), { headers: new Headers({ 'retry-after': '3600' }) });
    };
    const error = await run(limitSet(), work, { numRetries: 5 }, { scheduleToCloseTimeout: '1m' });
    expect(error).toMatchObject({ cause: { retryState: 'TIMEOUT', cause: { message: 'come back tomorrow' } } });
  });

  it('is not tried again for a request that could never be granted', async () => {
    let attempts = 0;
    const work = async (): Promise<void> => {
      attempts += 1;
      await currentLimits().acquire({ requested: { call_count: 11 } });
    };
    const error = await run(limitSet(), work, { numRetries: 5, ...linear });
    expect(error).toMatchObject({ cause: { cause: { type: 'RequestExceedsCapacityError' } } });
    expect(attempts).toBe(1);
  });
});
