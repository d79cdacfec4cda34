import fc from 'fast-check';
import { resetLimitDefaults } from '../../src/acquire/set/defaults';
import {
  anthropicLimits,
  azureOpenAILimits,
  bedrockLimits,
  CallLimit,
  configureLimits,
  geminiLimits,
  limitFromJSON,
  LimitPool,
  LimitSet,
  LimitTemplate,
  openaiLimits,
  RateLimit,
  type Limit,
  ResourceLimit,
  type LimitPoolJSON,
  type LimitSetJSON,
} from '../../src/index';
import { limitToJSON } from '../../src/limiter/definition/limits';
import { LimitPool as RunPool, LimitSet as RunSet } from '../../src/workflows/index';
import { target, type Target } from '../target';
import { mutated } from '../values';
import { orRefused } from '../verdict';

const LIMITS = [
  { kind: 'call', windowSeconds: 60, capacity: 500, algorithm: 'SlidingWindow' },
  { kind: 'rate', key: 'tokens', windowSeconds: 60, capacity: 1e5, algorithm: 'TokenBucket', overage: 'charge' },
  { kind: 'resource', key: 'constructor', capacity: 20 },
] as const;

const SET: LimitSetJSON = {
  name: 'set',
  limits: LIMITS,
  config: { region: 'here', list: [{ a: 1 }], taskQueue: 'there' },
  mode: 'memory',
  shared: false,
  version: 2,
  algorithm: 'GCRA',
  leaseMs: 30_000,
  horizonMs: 500,
  guardMs: 50,
  onUnavailable: 'wait',
};
const POOL = {
  name: 'pool',
  limitSets: [SET, SET],
  loadBalancing: 'LeastWait',
  workerIndex: 1,
  failover: true,
} as const;

const PRESETS = [anthropicLimits, azureOpenAILimits, bedrockLimits, geminiLimits, openaiLimits];
const QUOTA = { rpm: 500, rpd: 1e4, tpm: 1e5, tpd: 1e6, itpm: 1e5, otpm: 1e4, outputBurndown: 5 };

const copyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function sameAgain(before: unknown, after: unknown): void {
  if (JSON.stringify(before) !== JSON.stringify(after)) throw new Error('its JSON form stands for something else');
}

/** How limits, sets, pools and defaults are defined, in a process and in a workflow. */
export const definitions: readonly Target[] = [
  target('limits', fc.oneof(...LIMITS.map((limit) => mutated(limit))), async (options) => {
    const classes: readonly (new (given: never) => Limit)[] = [RateLimit, CallLimit, ResourceLimit];
    for (const make of classes) await orRefused(() => new make(options as never));
    await orRefused(() => {
      const limit = limitFromJSON(options as never);
      sameAgain(limit, limitFromJSON(copyOf(limitToJSON(limit)) as never));
    });
  }),
  target('limit sets', mutated(SET), async (options) => {
    // a set that is shared by its name would be in the way of the next
    const isLocal = (options as Partial<LimitSetJSON> | undefined)?.mode !== 'temporal';
    await orRefused(() => new RunSet({ name: 'run', ...(options as object) } as never));
    await orRefused(async () => {
      const set = new LimitSet(options as never);
      sameAgain(set, LimitSet.fromJSON(copyOf(set) as LimitSetJSON));
      if (isLocal) await set.getStats();
      await set.close();
    });
  }),
  target('presets', mutated(QUOTA), async (options) => {
    for (const preset of PRESETS) {
      await orRefused(() => {
        for (const limit of preset(options as never))
          sameAgain(limit, limitFromJSON(copyOf(limitToJSON(limit)) as never));
      });
    }
  }),
  target(
    'limit templates',
    fc.tuple(mutated({ name: 'each', limits: LIMITS, mode: 'memory', version: 2 }), fc.anything()),
    async ([options, key]) => {
      await orRefused(async () => {
        const template = new LimitTemplate(options as never);
        const set = template.for(key as never);
        if (template.for(key as never) !== set) throw new Error('the same key has two sets');
        await set.close();
      });
    },
  ),
  target('limit pools', mutated(POOL), async (options) => {
    await orRefused(() => {
      const pool = LimitPool.fromJSON(options as LimitPoolJSON);
      sameAgain(pool, LimitPool.fromJSON(copyOf(pool) as LimitPoolJSON));
    });
    await orRefused(() => new LimitPool(options as never));
    await orRefused(() => new RunPool(options as never));
  }),
  target(
    'defaults',
    mutated({ algorithm: 'GCRA', loadBalancing: 'Random', workerIndex: 3, leaseMs: 9e3, horizonMs: 100, guardMs: 0 }),
    async (options) => {
      const wentThrough = await orRefused(() => {
        configureLimits(options as never);
      });
      try {
        if (wentThrough) new LimitSet({ limits: [new CallLimit({ windowSeconds: 1, capacity: 1 })] });
      } finally {
        resetLimitDefaults();
      }
    },
  ),
];
