import fc from 'fast-check';
import { SlidingLog } from '../../demo/strict-provider-log';

describe('an exact sliding log', () => {
  it('counts an entry in (now - window, now]', () => {
    const log = new SlidingLog(1, 1000);
    log.add(0, 1);
    expect(log.fits(999.999, 1)).toBe(false);
    expect(log.fits(1000, 1)).toBe(true);
  });

  it('says exactly when an amount will fit', () => {
    const log = new SlidingLog(10, 1000);
    log.add(0, 4);
    log.add(100, 4);
    expect(log.msUntilFits(200, 2)).toBe(0);
    expect(log.msUntilFits(200, 6)).toBe(800);
    expect(log.msUntilFits(200, 7)).toBe(900);
    expect(log.msUntilFits(200, 11)).toBe(1000);
  });

  it('agrees with a plain list of everything that ever happened', () => {
    const step = fc.record({ wait: fc.integer({ min: 0, max: 400 }), amount: fc.integer({ min: 0, max: 5 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const log = new SlidingLog(Infinity, 1000);
        const all: { at: number; amount: number }[] = [];
        let now = 0;
        for (const { wait, amount } of steps) {
          now += wait;
          log.add(now, amount);
          all.push({ at: now, amount });
          const used = all.filter(({ at }) => at > now - 1000).reduce((sum, entry) => sum + entry.amount, 0);
          expect(log.used(now)).toBe(used);
        }
      }),
    );
  });

  it('stays exact over many thousands of entries', () => {
    const log = new SlidingLog(Infinity, 1000);
    for (let now = 0; now < 50_000; now++) log.add(now, 2);
    expect(log.used(49_999)).toBe(2000);
    expect(log.peak).toBe(2000);
  });
});
