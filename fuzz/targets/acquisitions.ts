import fc from 'fast-check';
import { limited, LimitsPlugin, showsNothingWasSent } from '../../src/activities/index';
import { CallLimit, LimitPool, LimitSet, RateLimit, ResourceLimit, type Acquisition } from '../../src/index';
import { target, type Target } from '../target';
import { mutated, oddValue } from '../values';
import { orRefused } from '../verdict';

const CAPACITY = 3;

/** Names that every object has are names like any other. */
const newSet = (): LimitSet =>
  new LimitSet({
    limits: [
      new CallLimit({ windowSeconds: 3600, capacity: 50 }),
      new RateLimit({ key: '__proto__', windowSeconds: 3600, capacity: 100, algorithm: 'TokenBucket' }),
      new ResourceLimit({ key: 'constructor', capacity: CAPACITY }),
    ],
  });

const amounts: unknown = JSON.parse('{"call_count":1,"__proto__":5,"constructor":2}');
const ACQUIRE = { requested: amounts, priority: 1, timeout: '1s' };

/** Options with which nobody waits for long: what is asked for is free, or never will be. */
function impatient(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options;
  const { signal } = options as { signal?: unknown };
  return signal === undefined ? { ...options, signal: AbortSignal.timeout(20) } : options;
}

const RETRY = { numRetries: 2, retryOn: ['Error'], retryWait: 1 };

/** What acquires, in a process and in an activity. */
export const acquisitions: readonly Target[] = [
  target('acquisitions', fc.tuple(mutated(ACQUIRE), mutated({ usage: amounts })), async ([options, update]) => {
    const set = newSet();
    const pool = new LimitPool({ limitSets: [set] });
    const settle = (slot: Acquisition): Promise<boolean> =>
      orRefused(async () => {
        try {
          slot.update(update as never);
        } finally {
          await slot.release().catch(() => undefined);
        }
      });
    for (const from of [set, pool]) {
      await orRefused(async () => settle(await from.tryAcquire(options as never)));
      await orRefused(() => settle(from.tryAcquireNow(options as never)));
      await orRefused(async () => settle(await from.acquire(impatient(options) as never)));
      await orRefused(() => from.use(impatient(options) as never, settle));
    }
    await orRefused(() => set.expectedWaitMs((options as { requested?: never } | undefined)?.requested));
    const { available } = await set.get('constructor').getStats();
    if (available !== CAPACITY || (await set.getStats()).waiting > 0) throw new Error('something has not come back');
  }),
  target('limits by key', fc.tuple(oddValue, oddValue), async ([key, amount]) => {
    const set = newSet();
    await orRefused(() => set.get(key as never));
    const limit = set.get('constructor');
    await orRefused(() => limit.canAcquire(amount as never));
    await orRefused(() => {
      limit.validateUsage(amount as never, amount as never);
    });
    await orRefused(() => new LimitPool({ limitSets: [set] }).at(key as never));
  }),
  target(
    'limited activities',
    fc.tuple(mutated({ timeout: '1s', priority: 1, retry: RETRY }), mutated(amounts), mutated({ limits: [newSet()] })),
    async ([options, requested, plugin]) => {
      await orRefused(() => limited(async () => 1, options as never));
      await orRefused(() => limited(options as never));
      await orRefused(() => new LimitsPlugin(plugin as never));
      await orRefused(() => limited(async () => 1, { requested: () => requested as never })());
    },
  ),
  target(
    'errors of providers',
    fc.array(fc.oneof(oddValue, mutated({ code: 'ETIMEDOUT', syscall: 'connect' })), { minLength: 1, maxLength: 4 }),
    (causes) => {
      const chain = causes.reduceRight<unknown>((cause, error) => {
        const isOpen = typeof error === 'object' && error !== null && Object.isExtensible(error);
        return isOpen && !Array.isArray(error) ? Object.assign(Object.create(error) as object, { cause }) : error;
      }, undefined);
      const circle: { cause?: unknown; code: unknown } = { code: chain };
      circle.cause = { cause: circle };
      for (const error of [chain, circle, new AggregateError(causes), new Error('', { cause: chain })]) {
        if (typeof showsNothingWasSent(error) !== 'boolean') throw new Error('neither yes nor no');
      }
    },
  ),
];
