/**
 * Prints as JSON how many bytes, and how many promises, an acquisition takes. Run by `hot-path.test.ts` with optimisation
 * off, or the bytes would depend on what the compiler had seen fit to leave out by then; with nothing collected meanwhile.
 */
import { createHook } from 'node:async_hooks';
import { LeasedSet } from '../../bench/support/leased-set';
import type { BaseLimitSet } from '../../src/acquire/set/base-limit-set';
import { systemClock } from '../../src/client/link/system-clock';
import { CallLimit, type Limit, LimitSet, RateLimit, ResourceLimit } from '../../src/index';

/** What was counted for one acquisition: acquire, tell the usage, release. */
export interface Count {
  readonly bytes: number;
  readonly promises: number;
}

const COUNT = 5_000;
const TOKENS = { input_tokens: 10, output_tokens: 5 };
const window = { windowSeconds: 60, capacity: 1e9 };
const permits = (): Limit[] => [new ResourceLimit({ key: 'connections', capacity: 10 })];
const callAndTwoRates = (): Limit[] => [
  new CallLimit(window),
  ...Object.keys(TOKENS).map((key) => new RateLimit({ ...window, key, algorithm: 'TokenBucket' })),
];

async function acquireAndRelease(set: BaseLimitSet, requested: typeof TOKENS | undefined): Promise<void> {
  const slot = await set.acquire({ requested });
  if (requested !== undefined) slot.update({ usage: requested });
  await slot.release();
}

async function count(set: BaseLimitSet, requested?: typeof TOKENS): Promise<Count> {
  const times = async (most: number): Promise<void> => {
    for (let i = 0; i < most; i += 1) await acquireAndRelease(set, requested);
  };
  // a lease begins with little, and is granted more by and by
  for (let i = 0; i < 50; i += 1) {
    await times(COUNT / 10);
    await new Promise((resolve) => setImmediate(resolve));
  }
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await times(COUNT);
  const bytes = Math.round((process.memoryUsage().heapUsed - before) / COUNT);
  let promises = 0;
  const hook = createHook({ init: (_id, type) => void (promises += type === 'PROMISE' ? 1 : 0) });
  const counted = <T>(action: () => T): T => {
    hook.enable();
    const result = action();
    hook.disable();
    return result;
  };
  const slot = await counted(() => set.acquire({ requested }));
  if (requested !== undefined) slot.update({ usage: requested });
  await counted(() => slot.release());
  return { bytes, promises };
}

async function main(): Promise<void> {
  const counts: Record<string, Count> = {
    'memory, one permit': await count(new LimitSet({ limits: permits() })),
    'memory, call + 2 rates': await count(new LimitSet({ limits: callAndTwoRates() }), TOKENS),
    'lease, one permit': await count(new LeasedSet(permits(), systemClock)),
    'lease, call + 2 rates': await count(new LeasedSet(callAndTwoRates(), systemClock), TOKENS),
  };
  console.log(JSON.stringify(counts));
  process.exit();
}

void main();
