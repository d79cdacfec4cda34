import type { Context } from '@temporalio/activity';
import { ActivityLimits } from '../../../src/activities/context/activity-limits';
import { UNLIMITED } from '../../../src/activities/context/worker-limits';
import { heartbeating } from '../../../src/activities/context/heartbeat';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** An activity whose former attempt told so much, and what the server is told of this one. */
function anActivity(heartbeatDetails: unknown, more: Partial<Context['info']> = {}) {
  const told: unknown[] = [];
  const info = { heartbeatDetails, heartbeatTimeoutMs: 3_000, ...more };
  const context = { info, heartbeat: (details?: unknown) => told.push(details) } as unknown as Context;
  new ActivityLimits(UNLIMITED, context);
  return { context, told };
}

async function waitFor(ms: number, context: Context, obstacle?: () => string): Promise<void> {
  const waits = obstacle && (() => ({ waitingForLimits: obstacle() }));
  const wait = heartbeating(context, new Promise((resolve) => setTimeout(resolve, ms)), waits);
  await jest.advanceTimersByTimeAsync(ms);
  await wait;
}

describe('an activity that waits', () => {
  it('repeats what its former attempt got to, until it has got further itself', async () => {
    const { context, told } = anActivity(3);
    await waitFor(1_500, context);
    context.heartbeat(4);
    await waitFor(1_500, context);
    context.heartbeat(undefined);
    await waitFor(1_500, context);
    expect(told).toEqual([3, 4, 4, undefined, undefined]);
  });

  it.each([
    ['without a timeout, as the server says it', { heartbeatTimeoutMs: 0 }, 3],
    ['with a long timeout', { heartbeatTimeoutMs: 8_640_000_000 }, 3],
    ['never as a local one', { isLocal: true }, 0],
  ])('heartbeats often enough to hear of a cancellation, and no oftener: %s', async (_, info, times) => {
    const { context, told } = anActivity(3, info);
    await waitFor(10_001, context);
    expect(told).toHaveLength(times);
  });

  it('tells the server once what it says once, however often it acquires', () => {
    const { context, told } = anActivity(3);
    new ActivityLimits(UNLIMITED, context);
    context.heartbeat(4);
    expect(told).toEqual([4]);
  });

  it('says why nobody serves it, until it is served', async () => {
    const { context, told } = anActivity(undefined);
    await waitFor(2_500, context, () => 'nobody hosts it');
    const waits = { waitingForLimits: 'nobody hosts it' };
    expect(told).toEqual([waits, waits, undefined]);
    expect(context.info.heartbeatDetails).toBeUndefined();
  });

  it('says nothing of it in place of its own progress', async () => {
    const { context, told } = anActivity(3);
    await waitFor(1_500, context, () => 'nobody hosts it');
    expect(told).toEqual([3]);
  });

  it('does not take what its former attempt said of its wait for progress', async () => {
    const { context, told } = anActivity({ waitingForLimits: 'nobody hosts it' });
    expect(context.info.heartbeatDetails).toBeUndefined();
    await waitFor(1_500, context);
    expect(told).toEqual([undefined]);
  });
});
