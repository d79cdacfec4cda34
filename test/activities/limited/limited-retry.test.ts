import { CompleteAsyncError, Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { limited, type RetryOptions } from '../../../src/activities/index';
import { runWithLimits } from '../../../src/activities/context/current';
import { CallLimit, LimitSet, RateLimit, ResourceLimit } from '../../../src/index';

class BusyError extends Error {}
class VeryBusyError extends BusyError {}

/** The SDK tells of every failed attempt. */
const logger = new DefaultLogger('ERROR');
const calm = { numRetries: 3, jitter: 0 };

/** What an attempt ends with when its body throws `error`. */
async function outcome(error: unknown, retry: RetryOptions, attempt = 1): Promise<unknown> {
  const environment = new MockActivityEnvironment(
    { attempt, activityType: 'work', scheduledTimestampMs: Date.now() - 5_000 },
    { logger },
  );
  const activity = limited(
    (): string => {
      throw error;
    },
    { retry },
  );
  return environment.run(activity).catch((reason: unknown) => reason);
}

const isRepeated = async (error: unknown, retry: Partial<RetryOptions>): Promise<boolean> => {
  const failure = (await outcome(error, { ...calm, ...retry })) as ApplicationFailure;
  return failure.nonRetryable !== true;
};

describe('a failed attempt of a limited activity', () => {
  it('is repeated after the delay of its algorithm, as the error that it was', async () => {
    const error = new BusyError('later');
    const failure = await outcome(error, { ...calm, retryWait: '2s', retryAlgorithm: 'Linear' }, 3);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      message: 'later',
      type: 'BusyError',
      nonRetryable: false,
      nextRetryDelay: 6_000,
      cause: error,
    });
  });

  it('is the last one after numRetries repetitions', async () => {
    expect(await outcome(new BusyError(), calm, 3)).toMatchObject({ nonRetryable: false });
    expect(await outcome(new BusyError('enough'), calm, 4)).toMatchObject({
      nonRetryable: true,
      type: 'BusyError',
      message: 'enough',
    });
    expect(await outcome(new BusyError(), { numRetries: 0 })).toMatchObject({ nonRetryable: true });
  });

  it('keeps type, message and details of an ApplicationFailure', async () => {
    const error = ApplicationFailure.retryable('no room', 'Full', { shelf: 7 });
    expect(await outcome(error, calm)).toMatchObject({
      type: 'Full',
      message: 'no room',
      details: [{ shelf: 7 }],
      cause: error,
    });
  });

  it('waits as long as the provider asks, or the activity itself, if that is more', async () => {
    const headers = new Headers({ 'retry-after': '30' });
    expect(await outcome(Object.assign(new BusyError(), { headers }), calm)).toMatchObject({ nextRetryDelay: 30_000 });
    const hasty = Object.assign(new BusyError(), { headers: { 'retry-after-ms': '5' } });
    expect(await outcome(hasty, calm)).toMatchObject({ nextRetryDelay: 1_000 });
    const own = ApplicationFailure.create({ message: 'later', nextRetryDelay: '1 minute' });
    expect(await outcome(own, calm)).toMatchObject({ nextRetryDelay: 60_000 });
  });

  it('is repeated for every error but those that can never succeed', async () => {
    const set = new LimitSet({ limits: [new ResourceLimit({ key: 'connections', capacity: 2 })] });
    const tooMuch: unknown = await set.acquire({ requested: { connections: 3 } }).catch((reason: unknown) => reason);
    const holder = await set.acquire({ requested: { connections: 2 } });
    const tooLate: unknown = await set.acquire({ timeout: 0 }).catch((reason: unknown) => reason);
    await holder.release();
    expect(tooMuch).toMatchObject({ name: 'RequestExceedsCapacityError' });
    expect(tooLate).toMatchObject({ name: 'AcquireTimeoutError' });
    expect(await isRepeated(tooMuch, {})).toBe(false);
    expect(await isRepeated(tooMuch, { retryOn: Error })).toBe(false);
    expect(await isRepeated(tooLate, {})).toBe(true);
    expect(await isRepeated(ApplicationFailure.nonRetryable('no'), { retryOn: () => true })).toBe(false);
    expect(await isRepeated(new CancelledFailure('no more'), { retryOn: () => true })).toBe(false);
    expect(await isRepeated('a text', {})).toBe(true);
  });

  it.each<[string, RetryOptions['retryOn'], boolean]>([
    ['its class', VeryBusyError, true],
    ['a class above it', BusyError, true],
    ['every error', Error, true],
    ['the name of its class', 'VeryBusyError', true],
    ['the name of a class above it', 'BusyError', true],
    ['another class', TypeError, false],
    ['another name', 'TypeError', false],
    ['a predicate', (error) => (error as Error).message === 'ouch', true],
    ['a predicate that refuses', () => false, false],
    ['a predicate that thinks for a while', () => Promise.resolve(true), true],
    ['one of several', [TypeError, 'RangeError', () => true], true],
    ['none of several', [TypeError, 'RangeError', () => false], false],
    ['none', [], false],
  ])('is repeated if retryOn names it: %s', async (_, retryOn, expected) => {
    expect(await isRepeated(new VeryBusyError('ouch'), { retryOn })).toBe(expected);
  });

  it('is known by its names when it comes from another realm', async () => {
    const BusyError2 = { BusyError: class BusyError extends Error {} }.BusyError;
    expect(await isRepeated(new BusyError2(), { retryOn: BusyError })).toBe(true);
    expect(await isRepeated(ApplicationFailure.retryable('later', 'BusyError'), { retryOn: BusyError })).toBe(true);
    const ofProvider = Object.assign(new Error(), { type: 'BusyError' });
    expect(await isRepeated(ofProvider, { retryOn: BusyError })).toBe(false);
  });

  it('tells a predicate what it needs to know', async () => {
    let told: unknown;
    const retryOn: RetryOptions['retryOn'] = (_error, context) => {
      told = context;
      return true;
    };
    await outcome(new BusyError(), { ...calm, retryOn }, 2);
    expect(told).toMatchObject({ attempt: 2, activityType: 'work', args: [] });
    expect((told as { elapsedMs: number }).elapsedMs).toBeGreaterThanOrEqual(5_000);
  });

  it('is not repeated when the predicate throws, and its own error travels', async () => {
    const retryOn = (): boolean => {
      throw new TypeError('a mistake in the predicate');
    };
    expect(await outcome(new BusyError('ouch'), { ...calm, retryOn })).toMatchObject({
      nonRetryable: true,
      message: 'ouch',
    });
  });

  it('is passed on as it is when the activity was cancelled', async () => {
    const environment = new MockActivityEnvironment({}, { logger });
    const activity = limited(() => Context.current().cancelled, { retry: calm });
    const running = environment.run(activity).catch((reason: unknown) => reason);
    environment.cancel();
    expect(await running).toBeInstanceOf(CancelledFailure);
  });

  it('is none where somebody else completes the activity', async () => {
    const error = new CompleteAsyncError();
    expect(await outcome(error, calm)).toBe(error);
  });

  it.each<[string | number, number]>([
    [NaN, 1_000],
    [-5, 1_000],
    ['-1s', 1_000],
    ['soon', 1_000],
    ['7s', 7_000],
    ['2w', 86_400_000],
    [Infinity, 86_400_000],
  ])('asks for a delay that can be read: %s', async (nextRetryDelay, ms) => {
    const error = ApplicationFailure.create({ message: 'busy', nextRetryDelay: nextRetryDelay as number });
    expect(await outcome(error, { ...calm, retryWait: '1s' })).toMatchObject({ nextRetryDelay: ms });
  });

  it('warns once when the caller allows fewer attempts', async () => {
    const warnings: string[] = [];
    const logger = new DefaultLogger('WARN', ({ message }) => warnings.push(message));
    const activity = limited(() => 'done', { retry: calm });
    for (let i = 0; i < 2; i += 1) {
      const environment = new MockActivityEnvironment(
        { activityType: 'work', retryPolicy: { maximumAttempts: 2 } },
        { logger },
      );
      await environment.run(activity);
    }
    expect(warnings).toEqual([expect.stringMatching(/numRetries of work allows 4 attempts, .* ends it after 2/)]);
  });
});

describe('the units of a failed attempt', () => {
  const limits = (): LimitSet =>
    new LimitSet({
      limits: [
        new CallLimit({ windowSeconds: 3_600, capacity: 10 }),
        new RateLimit({ key: 'bucket', windowSeconds: 3_600, capacity: 100, algorithm: 'TokenBucket' }),
        new RateLimit({ key: 'window', windowSeconds: 3_600, capacity: 100, algorithm: 'SlidingWindow' }),
        new ResourceLimit({ key: 'connections', capacity: 1 }),
      ],
    });

  const available = async (error: unknown, usageOnError?: () => 'notSent' | 'unknown' | Record<string, number>) => {
    const set = limits();
    const activity = limited(
      (): string => {
        throw error;
      },
      { requested: () => ({ bucket: 40, window: 40 }), usageOnError },
    );
    await expect(runWithLimits(set, () => activity())).rejects.toBe(error);
    const { limits: stats } = await set.getStats();
    return Object.fromEntries(Object.entries(stats).map(([key, stat]) => [key, Math.round(stat.available)]));
  };

  it('count as used when nobody knows', async () => {
    const expected = { call_count: 9, bucket: 60, window: 60, connections: 1 };
    // of which request it tells nobody knows
    expect(await available(Object.assign(new Error(), { code: 'ECONNREFUSED' }))).toEqual(expected);
    expect(await available(new Error('refused'), () => 'unknown')).toEqual(expected);
  });

  it('come back where they can when nothing was sent', async () => {
    const expected = { call_count: 9, bucket: 100, window: 60, connections: 1 };
    expect(await available(new Error('queued in vain'), () => 'notSent')).toEqual(expected);
  });

  it('are settled by what is told', async () => {
    const actual = await available(new Error('cut off'), () => ({ bucket: 15, window: 15 }));
    expect(actual).toEqual({ call_count: 9, bucket: 85, window: 60, connections: 1 });
  });

  it('count as used when what is told makes no sense, and the error of the call travels', async () => {
    const expected = { call_count: 9, bucket: 60, window: 60, connections: 1 };
    expect(await available(new Error('cut off'), () => ({ buckets: 15 }))).toEqual(expected);
  });
});
