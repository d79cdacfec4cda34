import { Excess } from '../../../src/limiter/lease/excess';

describe('usage above requests', () => {
  it('that an introduction has told is told once the limiter has answered it', () => {
    const excess = new Excess(1);
    excess.add(0, 5);
    expect(excess.tell(1, false)).toEqual([5]);
    expect(excess.isTold).toBe(false);
    excess.add(0, 2);
    excess.tell(2, false);
    excess.answered(1);
    expect(excess.takeUntold()).toEqual([2]);
  });

  it('goes to whoever introduces itself anew while nobody has answered', () => {
    const excess = new Excess(1);
    excess.add(0, 5);
    excess.tell(1, false);
    expect(excess.takeUntold()).toEqual([5]);
  });
});
