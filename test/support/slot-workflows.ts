import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { LimitPool, LimitSet, type AcquireOptions, type LimitSetOptions } from '../../src/workflows/index';

export { limiterWorkflow } from '../../src/workflows/index';

/** The server's timers may be a second late. */
const { pause } = proxyLocalActivities<{ pause(ms: number): Promise<void> }>({ startToCloseTimeout: '10s' });

/** Lets go of what a workflow holds. */
export const letGo = defineSignal('letGo');

/** When a workflow had what it had; the server's time. */
export interface Held {
  readonly from: number;
  readonly to: number;
  readonly fencingToken: number;
}

/** Holds what it acquires for so long; without a time until it is told to let go. */
export async function hold(options: LimitSetOptions, wish: AcquireOptions = {}, holdMs?: number): Promise<Held> {
  let goesOn = true;
  setHandler(letGo, () => {
    goesOn = false;
  });
  const limits = new LimitSet(options);
  const slot = await limits.acquire(wish);
  const from = Date.now();
  try {
    if (holdMs === undefined) await condition(() => !goesOn);
    else await pause(holdMs);
    slot.update({ usage: slot.requested });
    return { from, to: Date.now(), fencingToken: slot.fencingToken };
  } finally {
    await slot.release();
  }
}

/** Holds what it acquires several times at once; says how many of them there were at most. */
export async function fanOut(
  options: LimitSetOptions,
  wish: AcquireOptions,
  times: number,
  holdMs: number,
): Promise<number> {
  const limits = new LimitSet(options);
  let [now, most] = [0, 0];
  await Promise.all(
    Array.from({ length: times }, () =>
      limits.use(wish, async (slot) => {
        now += 1;
        most = Math.max(most, now);
        await pause(holdMs);
        slot.update({ usage: slot.requested });
        now -= 1;
      }),
    ),
  );
  return most;
}

/** Acquires once it has been cancelled, in a scope that is not to be cancelled. */
export async function cleanUp(options: LimitSetOptions): Promise<string> {
  const limits = new LimitSet(options);
  await condition(() => false).catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  return CancellationScope.nonCancellable(async () => {
    const tried = await limits.tryAcquire();
    await tried.release();
    return limits.use({ timeout: '20s' }, () => `cleaned up, tried ${String(tried.successful)}`);
  });
}

/** Continues as new, having released or not. */
export async function holdAndContinue(options: LimitSetOptions, releases: boolean): Promise<string> {
  if (workflowInfo().continuedFromExecutionRunId !== undefined) return 'continued';
  const slot = await new LimitSet(options).acquire();
  try {
    return await continueAsNew<typeof holdAndContinue>(options, releases);
  } finally {
    if (releases) await slot.release();
  }
}

/** Waits, until it is told to let go, in a scope that is then cancelled; says what became of it. */
export async function waitCancelled(options: LimitSetOptions): Promise<string> {
  const scope = new CancellationScope();
  setHandler(letGo, () => scope.cancel());
  const limits = new LimitSet(options);
  try {
    await scope.run(() => limits.acquire());
    return 'acquired';
  } catch (error) {
    return isCancellation(error) ? 'cancelled' : String(error);
  }
}

/** Asks without waiting. */
export async function ask(options: LimitSetOptions, wish: AcquireOptions = {}): Promise<boolean> {
  const slot = await new LimitSet(options).tryAcquire(wish);
  await slot.release();
  return slot.successful;
}

/** Waits for what it holds itself. */
export async function nest(options: LimitSetOptions, wish: AcquireOptions): Promise<string> {
  const limits = new LimitSet(options);
  return limits.use({}, () => limits.use(wish, () => 'nested'));
}

/** Leaves out what the rules ask for, and releases by itself. */
export async function forgetUsage(options: LimitSetOptions, wish: AcquireOptions): Promise<void> {
  const slot = await new LimitSet(options).acquire(wish);
  await slot.release();
}

/** Leaves out what the rules ask for, within a `use`. */
export async function forgetUsageOfUse(options: LimitSetOptions, wish: AcquireOptions): Promise<string> {
  return new LimitSet(options).use(wish, () => 'answer');
}

/** Where a pool sends calls, of which so many are held at the same time. */
export async function spread(sets: readonly LimitSetOptions[], times: number): Promise<(string | undefined)[]> {
  const pool = new LimitPool({ limitSets: sets.map((options) => new LimitSet(options)), workerIndex: 1 });
  const slots = await Promise.all(Array.from({ length: times }, () => pool.acquire()));
  const places = slots.map(({ limitSet, index, config }) => `${limitSet ?? ''} ${index} ${JSON.stringify(config)}`);
  await Promise.all(slots.map((slot) => slot.release()));
  return places;
}

/** Acquires so many times at once, and releases each at once; says what became of them. */
export async function lineUp(options: LimitSetOptions, times: number): Promise<string[]> {
  const limits = new LimitSet(options);
  const outcome = (): Promise<string> => limits.use({}, () => 'served').catch((error: unknown) => String(error));
  return Promise.all(Array.from({ length: times }, outcome));
}

/** Waits at a pool for so long; says what became of it. */
export async function waitAtPool(sets: readonly LimitSetOptions[], timeout: number): Promise<string> {
  const pool = new LimitPool({ limitSets: sets.map((options) => new LimitSet(options)) });
  return pool.use({ timeout }, () => 'served').catch((error: unknown) => String(error));
}
