import type { AlgorithmName } from '../../src/limiter/algorithms/algorithm';
import type { Mutant } from './mutant';

const TIMING = { leaseMs: 30_000, horizonMs: 500, guardMs: 50 };

/** Twice as many processes as permits, for long enough to see who is never served. */
export const CROWD: Mutant['where'] = {
  sets: [{ version: 1, limits: [{ kind: 'resource', key: 'connections', capacity: 12 }], timing: TIMING }],
  processes: 24,
  workers: 1,
  runsPerMinute: 0,
  idleMs: 0,
  pauseMs: 0,
  holdMs: 400,
  longHolds: 0,
  urgentShare: 0,
  ms: 40_000,
};

/** Many processes begin at once, on a server whose database is far away. */
export const SLOW: Mutant['where'] = {
  ...CROWD,
  sets: [
    {
      version: 1,
      limits: [
        { kind: 'call', key: 'calls', capacity: 500, windowMs: 5_000, algorithm: 'SlidingWindow', overage: 'reject' },
        { kind: 'resource', key: 'connections', capacity: 20 },
      ],
      timing: TIMING,
    },
  ],
  processes: 32,
  workers: 4,
  holdMs: 100,
  transactionMs: 60,
};

/** So many units that one lease cannot count all that it is granted. */
export const VAST: Mutant['where'] = {
  ...CROWD,
  sets: [
    {
      version: 1,
      limits: [
        {
          kind: 'rate',
          key: 'bytes',
          capacity: 2 ** 52,
          windowMs: 1_000,
          algorithm: 'SlidingWindow',
          overage: 'reject',
        },
        { kind: 'resource', key: 'connections', capacity: 12 },
      ],
      timing: { ...TIMING, leaseMs: 5_000 },
    },
  ],
  processes: 2,
  workers: 4,
  faults: [],
  timeoutShare: 0,
};

/** Large parts of a small bucket are given back long after they were taken. */
export const LATE: Mutant['where'] = {
  sets: [
    {
      version: 1,
      limits: [
        { kind: 'rate', key: 'tokens', capacity: 100, windowMs: 1_000, algorithm: 'TokenBucket', overage: 'reject' },
      ],
      timing: TIMING,
    },
  ],
  processes: 3,
  workers: 6,
  runsPerMinute: 0,
  idleMs: 0,
  pauseMs: 0,
  holdMs: 3_000,
  longHolds: 0.03,
  urgentShare: 0,
  unneeded: 'never counted',
  ms: 20_000,
};

/** A sliding window whose provider counts what was used. */
export const RETURNING = [
  {
    version: 1,
    limits: [
      {
        kind: 'rate',
        key: 'tokens',
        capacity: 100,
        windowMs: 2_000,
        algorithm: 'SlidingWindow',
        overage: 'charge',
        unused: 'returned',
      },
    ],
    timing: TIMING,
  },
] as const;

/** One limit counts the units of another, too, and what is used above a request is charged. */
export const WEIGHTED = {
  sets: [
    {
      version: 1,
      limits: [
        { kind: 'rate', key: 'input', capacity: 200, windowMs: 2_000, algorithm: 'SlidingWindow', overage: 'charge' },
        {
          kind: 'rate',
          key: 'total',
          capacity: 300,
          windowMs: 2_000,
          algorithm: 'TokenBucket',
          overage: 'charge',
          counts: [
            ['input', 1],
            ['output', 5],
          ],
        },
      ],
      timing: TIMING,
    },
  ],
  processes: 3,
  workers: 6,
  runsPerMinute: 0,
  faults: [],
  idleMs: 0,
  pauseMs: 0,
  holdMs: 500,
  longHolds: 0,
  urgentShare: 0,
  timeoutShare: 0,
  ms: 20_000,
} as const satisfies Mutant['where'];

/** The same, held for longer than the lease of a process that has nothing else. */
export const LONG_CALLS: Mutant['where'] = {
  ...WEIGHTED,
  sets: WEIGHTED.sets.map((set) => ({ ...set, timing: { ...TIMING, leaseMs: 2_000 } })),
  workers: 1,
  holdMs: 8_000,
  longHolds: 0.5,
};

/** Calls that are about as long as they take to arrive at most, in a window that is always used up. */
export const SHORT_CALLS: Mutant['where'] = {
  ...WEIGHTED,
  sets: [
    {
      version: 1,
      limits: [
        { kind: 'call', key: 'calls', capacity: 30, windowMs: 1_000, algorithm: 'SlidingWindow', overage: 'reject' },
      ],
      timing: { ...TIMING, guardMs: 100 },
    },
  ],
  processes: 2,
  workers: 12,
  holdMs: 60,
  observes: true,
};

/** Processes that take a while to send what they are let through to. */
export const BUSY: Mutant['where'] = {
  ...SHORT_CALLS,
  turnMs: 200,
  observes: false,
};

/** Processes stand still with calls that they have just sent; of what they are granted, much comes back unused. */
export const STANDSTILL: Mutant['where'] = {
  ...WEIGHTED,
  sets: [
    {
      version: 1,
      limits: [
        { kind: 'call', key: 'calls', capacity: 10, windowMs: 20_000, algorithm: 'SlidingWindow', overage: 'reject' },
      ],
      timing: TIMING,
    },
  ],
  workers: 4,
  faults: ['pause'],
  holdMs: 100,
  pauseMs: 2_000,
  timeoutShare: 0.5,
  ms: 120_000,
};

/** Requests for units and a permit wait for long; others ask for units alone. */
export const FEW_PERMITS: Mutant['where'] = {
  sets: [
    {
      version: 1,
      limits: [
        { kind: 'call', key: 'calls', capacity: 3, windowMs: 1_000, algorithm: 'SlidingWindow', overage: 'reject' },
        { kind: 'resource', key: 'connections', capacity: 2 },
      ],
      timing: TIMING,
    },
  ],
  processes: 3,
  workers: 5,
  runsPerMinute: 0,
  idleMs: 0,
  pauseMs: 200,
  holdMs: 10_000,
  longHolds: 0.2,
  urgentShare: 0,
  ms: 60_000,
};

/** One limit is used up at once, another never, and requests ask for either or both. */
export const MIXED: Mutant['where'] = {
  sets: [
    {
      version: 1,
      limits: [
        { kind: 'rate', key: 'scarce', capacity: 10, windowMs: 20_000, algorithm: 'SlidingWindow', overage: 'reject' },
        { kind: 'rate', key: 'plenty', capacity: 40, windowMs: 2_000, algorithm: 'SlidingWindow', overage: 'reject' },
      ],
      timing: TIMING,
    },
  ],
  processes: 4,
  workers: 4,
  runsPerMinute: 0,
  idleMs: 0,
  pauseMs: 200,
  holdMs: 50,
  longHolds: 0,
  urgentShare: 0,
  ms: 40_000,
};

/** The provider refuses all that comes, again and again, while processes and workflow runs want more permits than there are. */
export const THROTTLED = {
  sets: [
    {
      version: 1,
      limits: [
        { kind: 'call', key: 'calls', capacity: 20, windowMs: 1_000, algorithm: 'SlidingWindow', overage: 'reject' },
        { kind: 'resource', key: 'connections', capacity: 3 },
      ],
      timing: TIMING,
    },
  ],
  processes: 4,
  workers: 3,
  runsPerMinute: 30,
  faults: ['throttle'],
  idleMs: 0,
  pauseMs: 50,
  holdMs: 200,
  longHolds: 0,
  urgentShare: 0,
  timeoutShare: 0,
  ms: 60_000,
} as const satisfies Mutant['where'];

/** Two such accounts, each of which refuses when it likes. */
export const POOLED: Mutant['where'] = {
  ...THROTTLED,
  sets: [...THROTTLED.sets, ...THROTTLED.sets],
  runsPerMinute: 0,
};

/** Others use the account, too, and the provider says what is left of windows that are long beside a call. */
export const SHARED: Mutant['where'] = {
  ...THROTTLED,
  sets: [
    {
      version: 1,
      limits: [
        { kind: 'call', key: 'calls', capacity: 100, windowMs: 10_000, algorithm: 'SlidingWindow', overage: 'reject' },
      ],
      timing: TIMING,
    },
  ],
  runsPerMinute: 0,
  faults: ['drift'],
  ms: 30_000,
};

/** Capacities are found out, while the provider refuses now and then; windows are as long as pauses. */
export const ADAPTIVE: Mutant['where'] = {
  ...THROTTLED,
  sets: [
    {
      version: 1,
      limits: [
        {
          ...{ kind: 'call', key: 'calls', windowMs: 5_000, algorithm: 'SlidingWindow', overage: 'reject' },
          ...{ capacity: 50, adaptive: { min: 40, max: 60 } },
        },
      ],
      timing: TIMING,
    },
  ],
  runsPerMinute: 0,
  ms: 90_000,
};

/** A limit that goes by what its provider says that it is. */
export const FOLLOWING: Mutant['where'] = {
  ...THROTTLED,
  sets: [
    {
      version: 1,
      limits: [
        {
          ...{ kind: 'call', key: 'calls', windowMs: 2_000, algorithm: 'SlidingWindow', overage: 'reject' },
          ...{ capacity: 20, follow: true },
        },
      ],
      timing: TIMING,
    },
  ],
  runsPerMinute: 0,
  faults: ['drift'],
};

/** A long window is used now and then, by processes that are forgotten in between. */
export const SELDOM: Mutant['where'] = {
  sets: [
    {
      version: 1,
      limits: [
        { kind: 'call', key: 'calls', capacity: 4, windowMs: 30_000, algorithm: 'SlidingWindow', overage: 'reject' },
      ],
      timing: { leaseMs: 1_000, horizonMs: 250, guardMs: 50 },
    },
  ],
  processes: 2,
  workers: 1,
  runsPerMinute: 0,
  faults: [],
  idleMs: 8_000,
  pauseMs: 100,
  holdMs: 50,
  longHolds: 0,
  timeoutShare: 1,
  endsAfterMs: 500,
  ms: 60_000,
};

/** An operator turns a limit down and stops a busy set again and again. */
const operated = (algorithm: AlgorithmName): Mutant['where'] => ({
  sets: [
    {
      version: 1,
      limits: [{ kind: 'call', key: 'calls', capacity: 60, windowMs: 2_000, algorithm, overage: 'reject' }],
      timing: { ...TIMING, leaseMs: 3_000 },
    },
  ],
  processes: 3,
  workers: 8,
  runsPerMinute: 0,
  faults: ['operator'],
  idleMs: 0,
  pauseMs: 0,
  holdMs: 100,
  longHolds: 0,
  urgentShare: 0,
  ms: 120_000,
});

export const OPERATED = operated('SlidingWindow');
/** The same with a bucket, which recovers at the rate of its capacity. */
export const OPERATED_BUCKET = operated('TokenBucket');

/** The same with permits, which stay with their holders. */
export const OPERATED_PERMITS: Mutant['where'] = {
  ...OPERATED,
  sets: [{ version: 1, limits: [{ kind: 'resource', key: 'connections', capacity: 12 }], timing: TIMING }],
};
