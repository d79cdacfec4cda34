import { AcquireTimeoutError } from '../../../src/limiter/errors/waiting-errors';
import type { AnyLimits } from '../../../src/activities/context/worker-limits';
import type { Context, Info } from '@temporalio/activity';
import { ActivityDeadline } from '../../../src/activities/context/activity-deadline';
import { ActivityLimits } from '../../../src/activities/context/activity-limits';
import { LimitSet, ResourceLimit } from '../../../src/index';

const info = (times: Partial<Info>): Info =>
  ({ scheduledTimestampMs: 0, currentAttemptScheduledTimestampMs: 0, ...times }) as Info;

it.each<[string, Partial<Info>, number]>([
  ['startToCloseTimeout', { startToCloseTimeoutMs: 15_000 }, 14_500],
  ['a tenth of a short one is for the report', { startToCloseTimeoutMs: 1_000 }, 900],
  [
    'scheduleToCloseTimeout, of which attempts before this one have used some',
    { startToCloseTimeoutMs: 60_000, scheduleToCloseTimeoutMs: 60_000, currentAttemptScheduledTimestampMs: 50_000 },
    9_500,
  ],
  [
    'scheduleToCloseTimeout, of which the wait for a worker has used some',
    { scheduleToCloseTimeoutMs: 60_000, currentAttemptScheduledTimestampMs: 45_000 },
    9_500,
  ],
  ['but no more than half, whatever the clocks say', { scheduleToCloseTimeoutMs: 20_000 }, 9_500],
  ['none of either', {}, Infinity],
])('an activity may begin something until shortly before its end: %s', (_, times, leftMs) => {
  const deadline = new ActivityDeadline(
    info(times),
    () => 1_000,
    () => 50_000,
  );
  expect(deadline.leftMs()).toBe(leftMs);
});

describe('a wait in an activity', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('ends with its time, says so, and starts no call that could not be reported', async () => {
    const set = new LimitSet({
      name: 'busy',
      shared: false,
      limits: [new ResourceLimit({ key: 'slots', capacity: 1 })],
    });
    const holder = await set.acquire();
    const context = {
      info: info({ startToCloseTimeoutMs: 15_000 }),
      cancellationSignal: new AbortController().signal,
      heartbeat: () => undefined,
    } as unknown as Context;
    const limits = new ActivityLimits(set, context);
    const body = jest.fn();
    const waiting = [limits.use({}, body), limits.acquire({ timeout: '1m' })];
    const outcomes = Promise.allSettled([...waiting, limits.acquire({ timeout: 10 })]);
    await jest.advanceTimersByTimeAsync(14_600);
    await holder.release();
    const late = limits.use({}, body);
    for (const refused of waiting) {
      await expect(refused).rejects.toMatchObject({
        ...{ limit: 'slots', needed: 1, capacity: 1, free: 0, obstacle: undefined },
        message: expect.stringContaining(
          `within 14500 ms: it needed 1 of "slots" (capacity 1), where 0 was free. Waiting used up`,
        ),
      });
    }
    for (const refused of [...waiting, late]) {
      await expect(refused).rejects.toMatchObject({
        name: 'AcquireTimeoutError',
        message: expect.stringMatching(
          /\. Waiting used up the activity's startToCloseTimeout of 15000 ms\. Give the activity a longer .* in the workflow/,
        ),
      });
    }
    expect((await outcomes).at(-1)).toMatchObject({ reason: { message: expect.not.stringContaining('startToClose') } });
    expect(body).not.toHaveBeenCalled();
  });
});

it('a wait that used an activity up says as well what stood in the way, if it was not that others have the capacity', async () => {
  jest.useFakeTimers();
  try {
    const info = { startToCloseTimeoutMs: 1_000, scheduledTimestampMs: 0, currentAttemptScheduledTimestampMs: 0 };
    const context = { info, heartbeat: () => undefined, cancellationSignal: new AbortController().signal };
    const acquire = async ({ timeout }: { timeout: number }): Promise<never> => {
      await jest.advanceTimersByTimeAsync(timeout);
      throw new AcquireTimeoutError('openai', timeout, 'nobody hosts it');
    };
    const limits = new ActivityLimits(
      { name: 'openai', acquire } as unknown as AnyLimits,
      context as unknown as Context,
    );
    await expect(limits.acquire()).rejects.toThrow(
      "within 900 ms: nobody hosts it. Waiting used up the activity's startToCloseTimeout of 1000 ms",
    );
  } finally {
    jest.useRealTimers();
  }
});
