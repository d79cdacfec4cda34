import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import { checkRetryPolicy, nextAttemptMs } from '../../../src/workflows/routing/attempt-policy';

function failure(cause: Error): ActivityFailure {
  return new ActivityFailure('failed', 'complete', '1', 'MAXIMUM_ATTEMPTS_REACHED', 'worker', cause);
}

const overloaded = failure(ApplicationFailure.retryable('overloaded', 'Overloaded'));

describe('a retry policy', () => {
  it("waits as the server's would by default: twice as long each time, up to a hundred times", () => {
    const policy = checkRetryPolicy();
    expect([1, 2, 3, 20].map((attempt) => nextAttemptMs(policy, attempt, overloaded))).toEqual([
      1_000, 2_000, 4_000, 100_000,
    ]);
  });

  it('follows its own intervals, and what a failure asks for', () => {
    const policy = checkRetryPolicy({ initialInterval: '2s', backoffCoefficient: 1.5, maximumInterval: '4s' });
    expect([1, 2, 3].map((attempt) => nextAttemptMs(policy, attempt, overloaded))).toEqual([2_000, 3_000, 4_000]);
    const asked = ApplicationFailure.create({ message: 'overloaded', nextRetryDelay: '7s' });
    expect(nextAttemptMs(policy, 1, failure(asked))).toBe(7_000);
  });

  it('ends with the attempts, and with what is not to be tried again', () => {
    const policy = checkRetryPolicy({ maximumAttempts: 3, nonRetryableErrorTypes: ['BadRequest'] });
    expect(nextAttemptMs(policy, 2, overloaded)).toBe(2_000);
    for (const type of ['SCHEDULE_TO_START', 'SCHEDULE_TO_CLOSE'] as const)
      expect(nextAttemptMs(policy, 2, failure(new TimeoutFailure('late', undefined, type)))).toBeUndefined();
    expect(nextAttemptMs(policy, 2, failure(new TimeoutFailure('late', undefined, 'START_TO_CLOSE')))).toBe(2_000);
    expect(nextAttemptMs(policy, 3, overloaded)).toBeUndefined();
    for (const final of [
      failure(ApplicationFailure.nonRetryable('never')),
      failure(ApplicationFailure.retryable('bad', 'BadRequest')),
      failure(new CancelledFailure('cancelled')),
      new Error('of the workflow'),
    ]) {
      expect(nextAttemptMs(policy, 1, final)).toBeUndefined();
    }
  });

  it.each([
    [{ initialInterval: 'soon' }, 'Invalid retry.initialInterval'],
    [{ backoffCoefficient: 0.5 }, 'Invalid retry.backoffCoefficient: expected a number from 1, got 0.5'],
    [
      { maximumAttempts: 0 },
      'Invalid retry.maximumAttempts: expected a whole number from 1, or none for no limit, got 0',
    ],
  ])('is refused for %j', (policy, message) => {
    expect(() => checkRetryPolicy(policy as never)).toThrow(message);
  });
});
