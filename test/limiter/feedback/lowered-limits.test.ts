import { calls, permits } from '../../../simulator/scenario/definitions';
import { loweredLimits, whyLess } from '../../../src/limiter/feedback/lowered-limits';

const DEFINED = [calls(100, 1_000), permits(10)];
const GUARDS = { guardMs: 50, definedGuardMs: 50 };

const withCapacities = (...capacities: readonly number[]) =>
  DEFINED.map((limit, i) => ({ ...limit, capacity: capacities[i] ?? limit.capacity }));

type Limits = typeof DEFINED;
const steps = (controlled: Limits, found: Limits, named: Limits) =>
  [
    ['operator', controlled],
    ['adaptive', found],
    ['provider', named],
  ] as const;

describe('limits of which less counts than is defined', () => {
  it('are told apart by who lowered them', () => {
    const found = withCapacities(100, 4);
    expect(loweredLimits(DEFINED, steps(DEFINED, found, withCapacities(60, 4)))).toEqual([
      { index: 0, capacity: 60, by: 'provider' },
      { index: 1, capacity: 4, by: 'adaptive' },
    ]);
    expect(loweredLimits(DEFINED, steps(DEFINED, DEFINED, DEFINED))).toEqual([]);
    expect(loweredLimits(DEFINED, steps(withCapacities(50, 4), withCapacities(50, 4), withCapacities(50, 3)))).toEqual([
      { index: 0, capacity: 50, by: 'operator' },
      { index: 1, capacity: 3, by: 'provider' },
    ]);
    // one that was raised is none
    expect(loweredLimits(DEFINED, steps(DEFINED, withCapacities(100, 12), withCapacities(100, 12)))).toEqual([]);
  });

  it('are named to who waits for them, and to nobody else', () => {
    const lowered = [{ index: 1, capacity: 4, by: 'adaptive' }] as const;
    expect(whyLess(DEFINED, 'connections', { lowered, ...GUARDS })).toBe(
      '"connections" counts 4 instead of the defined 10, because throttles have lowered it',
    );
    expect(whyLess(DEFINED, 'calls', { lowered, ...GUARDS })).toBeUndefined();
  });

  it('are not named where a process defines no more', () => {
    const lowered = [{ index: 0, capacity: 150, by: 'provider' }] as const;
    expect(whyLess(DEFINED, 'calls', { lowered, ...GUARDS })).toBeUndefined();
  });

  it('does not name a wider guard to who waits for permits', () => {
    const wide = { lowered: [], guardMs: 80, definedGuardMs: 50 };
    expect(whyLess(DEFINED, 'connections', wide)).toBeUndefined();
    expect(whyLess(DEFINED, 'calls', wide)).toBe(
      'the guard is 80 ms instead of 50, because the provider refused calls although there was room',
    );
  });
});
