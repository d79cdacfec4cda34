import { ACCOUNTS } from '../../examples/multi-region/accounts';
import { main, type Run } from '../../examples/multi-region/main';
import { TemporalForTests } from '../support/temporal';

const before = process.env;
let temporal: TemporalForTests;
let all: Run;
let withoutOneRegion: Run;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  const { address, namespace } = temporal.server;
  process.env = { ...before, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  ({ all, withoutOneRegion } = await main());
});

afterAll(async () => {
  process.env = before;
  await temporal.stop();
});

const served = (run: Run): number[] => ACCOUNTS.map(({ name }) => run.seen.get(name)?.served ?? 0);
const refused = (run: Run): number => [...run.seen.values()].reduce((sum, seen) => sum + seen.refused, 0);

describe('six accounts in three regions', () => {
  it('share the calls, and refuse none', () => {
    expect(all.answers).toEqual(Array.from({ length: 90 }, (_, i) => `CALL ${i}`));
    // 15 each, but for those that a busy machine was too slow to take
    expect(Math.min(...served(all))).toBeGreaterThanOrEqual(5);
    expect(served(all).reduce((a, b) => a + b)).toBe(90);
    expect(refused(all)).toBe(0);
  });

  it('make every call where there are workers, when those of one region are gone', () => {
    expect(withoutOneRegion.answers).toEqual(all.answers);
    const [eastA, eastB, ...others] = served(withoutOneRegion);
    expect([eastA, eastB]).toEqual([0, 0]);
    // each has its own share at least, and none gets all 30 that failed over
    expect(Math.min(...others)).toBeGreaterThanOrEqual(15);
    expect(Math.max(...others)).toBeLessThan(45);
    expect(others.reduce((a, b) => a + b)).toBe(90);
    expect(refused(withoutOneRegion)).toBe(0);
  });
});
