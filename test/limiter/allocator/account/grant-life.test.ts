import { noUnits, type UnitState } from '../../../../src/limiter/allocator/account/client-state';
import { firstDoublings, grantLife, learnLife } from '../../../../src/limiter/allocator/account/grant-life';

/** A client that has not confirmed its one grant. */
function withGrant(notBefore: number, notAfter: number, doublings: number): UnitState {
  return { ...noUnits(1), doublings, grants: [{ notBefore, notAfter, amounts: [1], published: true }] };
}

describe('the life of grants', () => {
  it.each([
    { what: 'doubles when one was over before it was heard of', at: 2_001, isUnused: true, from: 1, to: 2 },
    { what: 'stays when its units were used, however late that is told', at: 2_001, isUnused: false, from: 1, to: 1 },
    { what: 'stays when it was heard of with little to spare', at: 500, isUnused: false, from: 1, to: 1 },
    { what: 'halves when a quarter would have done', at: 499, isUnused: false, from: 1, to: 0 },
    { what: 'never falls below what it is by default', at: 10, isUnused: false, from: 0, to: 0 },
    { what: 'doubles four times at most', at: 2_001, isUnused: true, from: 4, to: 4 },
  ])('$what', ({ at, isUnused, from, to }) => {
    const state = withGrant(0, 2_000, from);
    learnLife(state, 1, isUnused, at);
    expect(state.doublings).toBe(to);
  });

  it('changes only with grants that are confirmed', () => {
    const state = withGrant(0, 2_000, 1);
    learnLife(state, 0, true, 9_000);
    expect(state.doublings).toBe(1);
  });

  it.each([
    { lateMs: 0, doublings: 0 },
    { lateMs: 250, doublings: 0 },
    { lateMs: 900, doublings: 1 },
    { lateMs: 3_500, doublings: 3 },
    { lateMs: 600_000, doublings: 4 },
    { lateMs: -5_000, doublings: 0 },
  ])('begins $doublings times doubled where a limiter got its first task after $lateMs ms', ({ lateMs, doublings }) => {
    expect(firstDoublings(lateMs, 2_000)).toBe(doublings);
  });

  it('is what it is by default without doublings, and at most a lease', () => {
    expect([0, 1, 3, 4].map((doublings) => grantLife(withGrant(0, 0, doublings), 2_000, 30_000))).toEqual([
      2_000, 4_000, 16_000, 30_000,
    ]);
  });
});
