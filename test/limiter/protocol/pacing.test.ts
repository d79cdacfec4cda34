import { calls, defined } from '../../../simulator/scenario/definitions';
import { couldCarry, introductionGap, pacingOf, smoothedLag } from '../../../src/limiter/protocol/pacing';

const definition = defined([calls(100, 5_000)]);
const quick = pacingOf(definition, 0);

describe('the pacing of a limiter and its clients', () => {
  it('is the same on every server that keeps up', () => {
    expect(pacingOf(definition, 250)).toEqual({ ...quick, pushesAtOnce: 2 });
  });

  it('grants further ahead and repeats later by what a server takes beyond that', () => {
    const slow = pacingOf(definition, 2_250);
    expect(slow.gapMs).toBeGreaterThan(10 * quick.gapMs);
    expect(slow.marginMs - quick.marginMs).toBe(2_000);
    expect(slow.reachMs - quick.reachMs).toBe(4_000);
    expect(slow.lifeMs - quick.lifeMs).toBe(4_000);
    expect(slow.repeatMs - quick.repeatMs).toBe(4_000);
  });

  it('takes nothing for a pace that is an outage', () => {
    expect(pacingOf(definition, 3_600_000)).toEqual(pacingOf(definition, 10_000));
  });
});

it('what an exchange takes is the first time what it took, and then follows by an eighth', () => {
  expect(smoothedLag(0, 800)).toBe(800);
  expect(smoothedLag(800, 1_600)).toBe(900);
});

it('one push at a time goes to a client until one has been answered', () => {
  expect([quick, pacingOf(definition, 20)].map(({ pushesAtOnce }) => pushesAtOnce)).toEqual([1, 2]);
});

describe('whether permits could carry a request in the 2 s for which units are granted ahead', () => {
  const ahead = { reachMs: 1_000, farthestMs: 500 };
  const held = { cap: 3, inUse: 3 };

  it.each([
    { what: 'those that are free do', use: { cap: 3, inUse: 1, holdingMs: 60_000 }, amount: 2, before: 0, could: true },
    { what: 'not beyond those', use: { cap: 3, inUse: 1, holdingMs: 60_000 }, amount: 2, before: 1, could: false },
    { what: 'those held for long do not', use: { ...held, holdingMs: 60_000 }, amount: 1, before: 0, could: false },
    { what: 'those that change hands do', use: { ...held, holdingMs: 1_000 }, amount: 3, before: 3, could: true },
    { what: 'as often as they do', use: { ...held, holdingMs: 1_000 }, amount: 1, before: 6, could: false },
    { what: 'four times if nothing has ended', use: { ...held, holdingMs: 0 }, amount: 1, before: 11, could: true },
    { what: 'no more than that', use: { ...held, holdingMs: 0 }, amount: 1, before: 12, could: false },
    { what: 'never more at once than there are', use: { ...held, holdingMs: 1 }, amount: 4, before: 0, could: false },
  ])('$what', ({ use, amount, before, could }) => {
    expect(couldCarry(use, amount, before, ahead)).toBe(could);
  });
});

describe('an introduction that is not answered', () => {
  const gap = (tries: number, callMs: number, jitter = 1): number =>
    introductionGap(1_000, 30_000, { tries, callMs, jitter });

  it('is repeated ever less often, up to a lease', () => {
    expect([1, 2, 3, 10].map((tries) => gap(tries, 0))).toEqual([1_000, 2_000, 4_000, 30_000]);
  });

  it('is repeated the later, the longer the server takes for a call', () => {
    expect([10, 60, 500].map((callMs) => gap(1, callMs))).toEqual([1_000, 2_400, 20_000]);
  });

  it('is repeated by each client at another time', () => {
    expect([0, 0.5, 1].map((jitter) => gap(1, 0, jitter))).toEqual([500, 750, 1_000]);
  });
});
