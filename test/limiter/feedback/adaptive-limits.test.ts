import fc from 'fast-check';
import type { LimitDefinition } from '../../../src/limiter/definition/definition';
import { adaptiveWindow } from '../../../src/limiter/feedback/adaptive-capacity';
import { AdaptiveLimits } from '../../../src/limiter/feedback/adaptive-limits';
import { calls, permits } from '../../../simulator/scenario/definitions';
import '../../support/property-seed';

const WINDOW_MS = 60_000;
const CALLS: LimitDefinition = { ...calls(100, WINDOW_MS), adaptive: { min: 10, max: 400 } };
const PERMITS: LimitDefinition = { ...permits(10), adaptive: { min: 4, max: 200 } };

/** A set whose limits are used to a share of their capacities at all times. */
class Controlled {
  readonly adaptive = new AdaptiveLimits();
  now = 0;

  constructor(
    readonly limits: readonly LimitDefinition[] = [CALLS],
    public used = 1,
  ) {
    this.answered();
  }

  answered(): this {
    this.adaptive.answered(this.limits, this.now);
    this.#note();
    return this;
  }

  throttled(): boolean {
    this.#note();
    return this.adaptive.throttled(this.limits, this.now);
  }

  /** Windows pass in which the provider serves all. */
  windows(count: number): this {
    for (let i = 0; i < count; i += 1) {
      this.now += WINDOW_MS;
      this.answered();
      this.adaptive.raise(this.limits, this.now);
    }
    return this;
  }

  get capacities(): readonly number[] {
    return this.adaptive.inForce(this.limits).map(({ capacity }) => capacity);
  }

  #note(): void {
    this.adaptive.note(this.adaptive.inForce(this.limits), ({ capacity }) => this.used * capacity);
  }
}

describe('an adaptive limit', () => {
  it('keeps its capacity, and its definition, while nothing is observed', () => {
    const adaptive = new AdaptiveLimits();
    const limits = [CALLS];
    expect(adaptive.inForce(limits)).toBe(limits);
    adaptive.raise(limits, 10 * WINDOW_MS);
    expect(adaptive.known).toBeUndefined();
  });

  it('grows by half with each window that was used, until the first throttle, up to the most', () => {
    expect(new Controlled().windows(1).capacities).toEqual([150]);
    expect(new Controlled().windows(2).capacities).toEqual([225]);
    expect(new Controlled().windows(9).capacities).toEqual([400]);
  });

  it('does not grow while it is not used', () => {
    expect(new Controlled([CALLS], 0.8).windows(5).capacities).toEqual([100]);
  });

  it('keeps seven tenths after a throttle, once in a window, and no less than the least', () => {
    const set = new Controlled();
    expect(set.throttled()).toBe(true);
    expect(set.capacities).toEqual([70]);
    set.now += WINDOW_MS - 1;
    expect(set.throttled()).toBe(true);
    expect(set.capacities).toEqual([70]);
    for (let i = 0; i < 20; i += 1) {
      set.now += WINDOW_MS;
      set.throttled();
    }
    expect(set.capacities).toEqual([10]);
  });

  it('is not raised after a window in which there was a throttle, though it had been lowered for it', () => {
    const set = new Controlled();
    set.throttled();
    set.now += WINDOW_MS / 2;
    set.throttled();
    set.now += WINDOW_MS / 2;
    set.answered();
    set.adaptive.raise(set.limits, set.now);
    expect(set.capacities).toEqual([70]);
  });

  it('approaches what was served last, then goes beyond it by growing steps', () => {
    const set = new Controlled().windows(1);
    set.throttled();
    // 100 was used without a throttle, and 150 was not
    expect(set.capacities).toEqual([105]);
    expect(set.windows(1).capacities[0]).toBeCloseTo(109.2);
    expect(set.windows(1).capacities[0]).toBeCloseTo(117.6);
    expect(set.windows(1).capacities[0]).toBeCloseTo(134.4);
  });

  it('begins below what is no longer served, when that was served until now', () => {
    const set = new Controlled([{ ...CALLS, capacity: 400 }]).windows(3);
    set.throttled();
    expect(set.capacities).toEqual([280]);
    set.now += WINDOW_MS;
    set.throttled();
    expect(set.capacities[0]).toBeCloseTo(196);
    // 238 is half-way between what was refused and what is left of it
    expect(set.windows(1).capacities[0]).toBeCloseTo(227.5);
    expect(set.windows(1).capacities[0]).toBeCloseTo(238);
  });

  it('is left alone by a throttle when little of it was used', () => {
    const set = new Controlled([CALLS, PERMITS], 0.3);
    expect(set.throttled()).toBe(false);
    expect(set.capacities).toEqual([100, 10]);
  });

  it('has whole permits, one more at least', () => {
    const set = new Controlled([PERMITS]).windows(1);
    expect(set.capacities).toEqual([15]);
    set.throttled();
    expect(set.capacities).toEqual([10]);
    expect(set.windows(1).capacities).toEqual([11]);
  });

  it('is judged by its window, and permits by the shortest of the set', () => {
    expect(adaptiveWindow(CALLS, [CALLS, PERMITS])).toBe(WINDOW_MS);
    expect(adaptiveWindow(PERMITS, [CALLS, PERMITS])).toBe(WINDOW_MS);
    expect(adaptiveWindow(PERMITS, [PERMITS])).toBe(10_000);
    expect(adaptiveWindow(PERMITS, [calls(1, 100), PERMITS])).toBe(5_000);
  });

  it('stays within its range, whatever is heard', () => {
    const step = fc.record({
      ms: fc.integer({ min: 0, max: 2 * WINDOW_MS }),
      used: fc.double({ min: 0, max: 3, noNaN: true }),
      isThrottle: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const set = new Controlled([CALLS, PERMITS, calls(7, 1_000, 'fixed')]);
        for (const { ms, used, isThrottle } of steps) {
          set.now += ms;
          set.used = used;
          if (isThrottle) set.throttled();
          else set.answered();
          set.adaptive.raise(set.limits, set.now);
          const [ofCalls = NaN, ofPermits = NaN, fixed] = set.capacities;
          expect(ofCalls >= 10 && ofCalls <= 400).toBe(true);
          expect(ofPermits >= 4 && ofPermits <= 200 && Number.isInteger(ofPermits)).toBe(true);
          expect(fixed).toBe(7);
        }
      }),
    );
  });
});

it('begins anew with a capacity that an operator has set, and again when that ends', () => {
  const set = new Controlled();
  set.throttled();
  expect(set.capacities).toEqual([70]);
  const at = (capacity: number) => [{ ...CALLS, capacity }];
  const inForce = (capacity: number) => set.adaptive.inForce(at(capacity))[0]!.capacity;
  expect(inForce(150)).toBe(150);
  set.now += WINDOW_MS;
  set.adaptive.answered(at(40), set.now);
  expect(inForce(40)).toBe(40);
  set.adaptive.note(at(40), () => 40);
  expect(set.adaptive.throttled(at(40), set.now)).toBe(true);
  expect(inForce(40)).toBe(28);
  expect(set.capacities).toEqual([100]);
});

it('stays within its range, though an operator has set less', () => {
  const { adaptive, now } = new Controlled();
  const below = [{ ...CALLS, capacity: 3 }];
  adaptive.answered(below, now);
  expect(adaptive.known?.['calls']?.capacity).toBe(10);
});

it('takes no step that it could not hand on, however long it is used at its most', () => {
  const set = new Controlled([{ ...CALLS, adaptive: { min: 10, max: 120 } }]);
  set.throttled();
  set.windows(2_000);
  expect(set.capacities).toEqual([120]);
  expect(Object.values(set.adaptive.known ?? {}).every(({ step }) => step <= 120)).toBe(true);
});
