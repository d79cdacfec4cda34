import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { currentAcquisition, limited, type LimitedOptions } from '../../../src/activities/index';
import { runWithLimits } from '../../../src/activities/context/current';
import { LimitSet, RateLimit, ResourceLimit } from '../../../src/index';

const limits = (): LimitSet =>
  new LimitSet({
    limits: [
      new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 100 }),
      new ResourceLimit({ key: 'connections', capacity: 1 }),
    ],
  });

/** What an attempt of an activity ends with, as its worker sees it. */
async function outcome(
  options: LimitedOptions<[], unknown>,
  body: () => unknown = () => 'done',
  set = limits(),
): Promise<unknown> {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const activity = limited(body, options);
  return environment.run(() => runWithLimits(set, activity)).catch((reason: unknown) => reason);
}

const thrower = (error: unknown) => (): never => {
  throw error;
};

describe('a limited activity without retry', () => {
  it.each<[string, LimitedOptions<[], unknown>]>([
    ['RequestExceedsCapacityError', { requested: () => ({ tokens: 101 }) }],
    ['UnknownLimitError', { requested: () => ({ token: 1 }) }],
    ['RateAmountRequiredError', {}],
    ['InvalidAmountError', { requested: () => ({ tokens: -1 }) }],
    ['MissingUsageError', { requested: () => ({ tokens: 1 }), usage: () => ({}) }],
    ['UsageExceedsRequestedError', { requested: () => ({ tokens: 1 }), usage: () => ({ tokens: 2 }) }],
  ])('ends at once with a mistake, whatever the retry policy of its caller: %s', async (name, options) => {
    const failure = await outcome(options);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ name, type: name, nonRetryable: true, cause: { name } });
    const { message, cause } = failure as Error & { cause: Error };
    expect(message).toBe(cause.message);
  });

  it('leaves it to its caller whether to wait once more for limits that were taken', async () => {
    const set = limits();
    const holder = await set.acquire({ requested: { connections: 1 } });
    const error = await outcome({ requested: () => ({ connections: 1 }), timeout: 0 }, undefined, set);
    await holder.release();
    expect(error).toMatchObject({ name: 'AcquireTimeoutError' });
    expect(error).not.toHaveProperty('nonRetryable');
  });

  it('throws what its body throws, as it is', async () => {
    const requested = () => ({ tokens: 1 });
    const own = new RangeError('of the body');
    expect(await outcome({ requested }, thrower(own))).toBe(own);
    const failure = ApplicationFailure.retryable('later', 'MissingUsageError');
    expect(await outcome({ requested }, thrower(failure))).toBe(failure);
    const tellTooMuch = (): void => currentAcquisition()?.update({ usage: { tokens: 2 } });
    expect(await outcome({ requested }, tellTooMuch)).not.toBeInstanceOf(ApplicationFailure);
  });

  it('throws what its own functions throw, as it is', async () => {
    const own = new TypeError('of a function');
    expect(await outcome({ requested: thrower(own) })).toBe(own);
    expect(await outcome({ requested: () => ({ tokens: 1 }), usage: thrower(own) })).toBe(own);
  });

  it('throws the plain error where it is called outside of an activity', async () => {
    const activity = limited(() => 'done', { requested: () => ({ tokens: 101 }) });
    const error: unknown = await runWithLimits(limits(), activity).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'RequestExceedsCapacityError', capacity: 100 });
    expect(error).not.toBeInstanceOf(ApplicationFailure);
  });
});
