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
  });

  it.each<[string, LimitedOptions<[], unknown>['usage'] & {}]>([
    ['throws', thrower(new TypeError('of a function'))],
    ['is negative', () => ({ tokens: -1 })],
    ['is no number', () => ({ tokens: NaN })],
    ['is nothing at all', () => undefined as never],
    ['names an unknown unit', () => ({ token: 1 })],
    ['reads what is not there', (reply) => ({ tokens: (reply as { usage: { total: number } }).usage.total })],
  ])('keeps an answer that was paid for, and counts the full request, if its usage %s', async (_, usage) => {
    const [set, warnings] = [limits(), jest.fn()];
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('WARN', warnings) });
    const activity = limited(() => 'paid for', { requested: () => ({ tokens: 12 }), usage });
    for (let i = 0; i < 3; i += 1) {
      expect(await environment.run(() => runWithLimits(set, activity))).toBe('paid for');
    }
    expect((await set.getStats()).limits['tokens']?.available).toBeCloseTo(100 - 36, 1);
    expect(warnings.mock.calls).toHaveLength(1);
    expect(warnings.mock.calls[0]).toMatchObject([
      { message: 'usage threw or returned an invalid value; counting the full request as used.' },
    ]);
  });

  it('keeps an answer whose usage is missing', async () => {
    expect(await outcome({ requested: () => ({ tokens: 1 }), usage: () => ({}) })).toBe('done');
  });

  it('charges usage above the request, says so once for each limit, and returns the answer', async () => {
    const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const set = limits();
    for (let i = 0; i < 2; i += 1) {
      expect(await outcome({ requested: () => ({ tokens: 12 }), usage: () => ({ tokens: 19 }) }, undefined, set)).toBe(
        'done',
      );
    }
    expect((await set.getStats()).limits['tokens']?.available).toBeCloseTo(100 - 38, 1);
    expect(warnings.mock.calls).toEqual([
      [expect.stringContaining('19 but requested 12 (58 % more)'), 'LimitsWarning'],
    ]);
    warnings.mockRestore();
  });

  it('keeps the answer also where a limit rejects usage above the request, and counts the full request', async () => {
    const set = new LimitSet({
      limits: [new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 100, overage: 'reject' })],
    });
    const options = { requested: () => ({ tokens: 12 }), usage: () => ({ tokens: 19 }) };
    expect(await outcome(options, undefined, set)).toBe('done');
    expect((await set.getStats()).limits['tokens']?.available).toBeCloseTo(88, 1);
  });

  it('throws the plain error where it is called outside of an activity', async () => {
    const activity = limited(() => 'done', { requested: () => ({ tokens: 101 }) });
    const error: unknown = await runWithLimits(limits(), activity).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'RequestExceedsCapacityError', capacity: 100 });
    expect(error).not.toBeInstanceOf(ApplicationFailure);
  });
});
