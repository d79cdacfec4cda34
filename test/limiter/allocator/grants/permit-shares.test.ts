import { sharePermits, type PermitWish } from '../../../../src/limiter/allocator/grants/permit-shares';

const wish = (inUse: number, count: number, priority: number, isFirst = false): PermitWish => ({
  ...{ inUse: [inUse], since: 0, priority, isFirst },
  waiting: [{ count, priority, since: 0, amounts: [1], wanted: [1], signature: 1 }],
});

describe('whose request all others wait for', () => {
  it('has its permit, whoever comes before it otherwise', () => {
    expect(sharePermits([1], [wish(0, 5, 9), wish(0, 5, 0, true)])).toEqual([[0], [1]]);
    expect(sharePermits([1], [wish(0, 5, 9), wish(0, 5, 0)])).toEqual([[1], [0]]);
  });

  it('has it beside those that it uses', () => {
    expect(sharePermits([3], [wish(0, 5, 9), wish(2, 5, 0, true)])).toEqual([[0], [3]]);
  });

  it('has no more than the others beyond that', () => {
    const others = [wish(0, 50, 0), wish(0, 50, 0), wish(0, 50, 0)];
    expect(sharePermits([8], [...others, wish(0, 50, 0, true)])).toEqual([[2], [2], [2], [2]]);
  });
});
