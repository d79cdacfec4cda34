import { playOverReserved, type OverReserved } from '../../../simulator/loads/over-reserved';

/** 16 workers, each in a process of its own. */
const workers = { processes: 16, workersEach: 1, callMs: 1_000 };

/** What people report: 4,096 tokens reserved for answers of 200. */
const reported = { capacity: 20_000, reserved: 4_096, used: 200 };
const larger = { ...reported, capacity: 200_000, workersEach: 4 };
/** A quota that is large against what 16 calls reserve. */
const realistic = { capacity: 900_000, reserved: 4_096, used: 2_000 };

test.each<[string, OverReserved]>([
  ['TokenBucket, as reported', { ...workers, ...reported, algorithm: 'TokenBucket' }],
  ['TokenBucket, 64 workers in 16 processes', { ...workers, ...larger, algorithm: 'TokenBucket' }],
  [
    'TokenBucket, 64 workers in one process',
    { ...workers, ...larger, processes: 1, workersEach: 64, algorithm: 'TokenBucket' },
  ],
  ['TokenBucket, a large quota', { ...workers, ...realistic, algorithm: 'TokenBucket' }],
  ['SlidingWindow, a large quota', { ...workers, ...realistic, algorithm: 'SlidingWindow' }],
  [
    'SlidingWindow, a large quota, four processes',
    { ...workers, ...realistic, processes: 4, workersEach: 4, algorithm: 'SlidingWindow' },
  ],
])('tokens that were reserved and not used leave nothing of a quota unused: %s', async (_name, load) => {
  const { share, refused } = await playOverReserved(load);
  expect(refused).toBe(0);
  expect(share).toBeGreaterThanOrEqual(0.95);
});

// one call at a time fits in, and it is a while until the limiter hears that it has ended
test.each<[string, OverReserved, number]>([
  ['as reported', { ...workers, ...reported, algorithm: 'SlidingWindow' }, 0.8],
  ['64 workers in 16 processes', { ...workers, ...larger, algorithm: 'SlidingWindow' }, 0.9],
  [
    '64 workers in one process',
    { ...workers, ...larger, processes: 1, workersEach: 64, algorithm: 'SlidingWindow' },
    0.9,
  ],
])(
  'a sliding window is used nearly as far as it can be where little is used of what is reserved: %s',
  async (_name, load, least) => {
    const { share, possible, refused } = await playOverReserved(load);
    expect(refused).toBe(0);
    expect(share / possible).toBeGreaterThanOrEqual(least);
  },
);
