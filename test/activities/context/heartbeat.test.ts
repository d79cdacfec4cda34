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

/** An activity whose former attempt got to 3, and what the server is told of this one. */
function anActivity() {
  const told: unknown[] = [];
  const info = { heartbeatDetails: 3, heartbeatTimeoutMs: 3_000 };
  const context = { info, heartbeat: (details?: unknown) => told.push(details) } as unknown as Context;
  new ActivityLimits(UNLIMITED, context);
  return { context, told };
}

async function waitFor(ms: number, context: Context): Promise<void> {
  const wait = heartbeating(context, new Promise((resolve) => setTimeout(resolve, ms)));
  await jest.advanceTimersByTimeAsync(ms);
  await wait;
}

describe('an activity that waits', () => {
  it('repeats what its former attempt got to, until it has got further itself', async () => {
    const { context, told } = anActivity();
    await waitFor(1_500, context);
    context.heartbeat(4);
    await waitFor(1_500, context);
    context.heartbeat(undefined);
    await waitFor(1_500, context);
    expect(told).toEqual([3, 4, 4, undefined, undefined]);
  });

  it('tells the server once what it says once, however often it acquires', () => {
    const { context, told } = anActivity();
    new ActivityLimits(UNLIMITED, context);
    context.heartbeat(4);
    expect(told).toEqual([4]);
  });
});
