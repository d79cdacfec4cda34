import * as worker from '../../src/activities/index';
import * as main from '../../src/index';
import * as workflow from '../../src/workflows/index';
import { targets } from '../../fuzz/targets/all';

/** The targets that give each export hostile input. */
const TARGETS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  main: {
    configureLimits: ['defaults'],
    limitFromJSON: ['limits'],
    CallLimit: ['limits'],
    RateLimit: ['limits'],
    ResourceLimit: ['limits'],
    limitedFetch: ['limited fetches'],
    LimitSet: ['limit sets', 'acquisitions', 'limits by key', 'answers of providers'],
    LimitPool: ['limit pools', 'acquisitions', 'limits by key'],
    LimitsAdmin: ['changes of operators'],
    LimitTemplate: ['limit templates'],
    anthropicLimits: ['presets'],
    azureOpenAILimits: ['presets'],
    bedrockLimits: ['presets'],
    geminiLimits: ['presets'],
    openaiLimits: ['presets'],
  },
  workflow: {
    asCompleted: ['tasks'],
    gather: ['tasks'],
    wait: ['tasks'],
    configureLimits: ['defaults of a workflow'],
    limiterWorkflow: ['inputs of a limiter', 'syncs', 'snapshots', 'addresses of those that ended', 'forged syncs'],
    CallLimit: ['limits'],
    RateLimit: ['limits'],
    ResourceLimit: ['limits'],
    LimitPool: ['limit pools', 'acquisitions in a workflow', 'activities of a pool'],
    LimitSet: ['limit sets', 'acquisitions in a workflow', 'pushes'],
    TaskPool: ['task pools'],
  },
  worker: {
    limited: ['limited activities'],
    LimitsPlugin: ['limited activities'],
    showsNothingWasSent: ['errors of providers'],
  },
};

/** Why some are passed none. */
const REASONS: Readonly<Record<string, string>> = {
  CALL_COUNT: 'is a text',
  currentAcquisition: 'takes nothing',
  currentLimits: 'takes nothing',
  limitsMetrics: 'takes one object, which is checked: test/client/telemetry',
  limitsTraces: 'takes one object, which is checked: test/client/telemetry',
  batchWorkflow: 'is started by the batch command alone, with what that has checked; its signals take nothing',
};

const isError = (value: unknown): boolean => typeof value === 'function' && value.prototype instanceof Error;

describe.each(Object.entries({ main, workflow, worker }))('of the entry %s', (entry, exports) => {
  test.each(Object.keys(exports))('%s is fuzzed, or need not be', (name) => {
    // errors are thrown by this package, and made by nobody else
    if (isError(exports[name as keyof typeof exports]) || name in REASONS) return;
    const names = TARGETS[entry]?.[name] ?? [];
    expect(names).not.toEqual([]);
    expect(targets.map((target) => target.name)).toEqual(expect.arrayContaining([...names]));
  });

  test('nothing is listed that is not exported', () => {
    expect(Object.keys(exports)).toEqual(expect.arrayContaining(Object.keys(TARGETS[entry] ?? {})));
  });
});
