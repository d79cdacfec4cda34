import { configureLimits, limitDefaults, resetLimitDefaults } from '../../../src/acquire/set/defaults';
import { LimitPool } from '../../../src/client/sets/limit-pool';
import { LimitSet } from '../../../src/client/sets/limit-set';

afterEach(resetLimitDefaults);

describe('the defaults of a process', () => {
  it('are built in', () => {
    expect(limitDefaults()).toEqual({
      algorithm: 'SlidingWindow',
      loadBalancing: 'RoundRobin',
      workerIndex: 0,
      leaseMs: 30_000,
      horizonMs: 500,
      guardMs: 50,
    });
  });

  it('can each be set, and reach the sets and pools constructed from then on', async () => {
    configureLimits({ algorithm: 'GCRA', workerIndex: 1 });
    configureLimits({ loadBalancing: 'LeastWait', guardMs: undefined });
    const set = new LimitSet({ name: 'shared', mode: 'temporal', limits: [] });
    expect(set.toJSON()).toMatchObject({ algorithm: 'GCRA', guardMs: 50 });
    const pool = new LimitPool({ limitSets: [new LimitSet({ limits: [] }), new LimitSet({ limits: [] })] });
    expect(await pool.getStats()).toMatchObject({ loadBalancing: 'LeastWait', balancerStats: { next: 1 } });
  });

  it('can be set again to the same, and to nothing else', () => {
    configureLimits({ leaseMs: 10_000 });
    configureLimits({ leaseMs: 10_000 });
    expect(() => configureLimits({ guardMs: 10, leaseMs: 20_000 })).toThrow('already configured as 10000');
    expect(limitDefaults()).toMatchObject({ leaseMs: 10_000, guardMs: 50 });
  });

  it.each([
    { algorithm: 'constructor' },
    { loadBalancing: 'Fastest' },
    { workerIndex: -1 },
    { workerIndex: 0.5 },
    { leaseMs: 10 },
    { horizonMs: Infinity },
    { guardMs: NaN },
    { leaseSeconds: 5 },
    JSON.parse('{"__proto__":1}') as object,
  ])('refuse %j', (defaults) => {
    expect(() => configureLimits(defaults as never)).toThrow(
      expect.objectContaining({ name: 'InvalidLimitError', option: Object.keys(defaults)[0] }) as Error,
    );
  });
});
