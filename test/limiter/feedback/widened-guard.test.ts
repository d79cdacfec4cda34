import {
  guardedWindow,
  guardOf,
  isDoubted,
  widened,
  type WidenedGuard,
} from '../../../src/limiter/feedback/widened-guard';
import { calls, permits, tokens } from '../../../simulator/scenario/definitions';

const WINDOW_MS = 60_000;
const DEFINED_MS = 50;

const widen = (before: WidenedGuard | undefined, now: number) => widened(before, DEFINED_MS, WINDOW_MS, now);
const guardAt = (guard: WidenedGuard | undefined, now: number) => guardOf(guard, DEFINED_MS, WINDOW_MS, now);

describe('a guard', () => {
  it('is as defined while nothing was refused', () => {
    expect(guardAt(undefined, 1_000)).toBe(DEFINED_MS);
  });

  it('is twice as wide after a refusal, once in a window', () => {
    const once = widen(undefined, 1_000);
    expect(guardAt(once, 1_000)).toBe(100);
    expect(widen(once, 1_000 + WINDOW_MS - 1)).toBe(once);
    expect(guardAt(widen(once, 1_000 + WINDOW_MS), 1_000 + WINDOW_MS)).toBe(200);
  });

  it('is in doubt for twenty windows after a refusal, also where it is as wide as it may be', () => {
    expect(isDoubted(undefined, WINDOW_MS, 0)).toBe(false);
    for (const windowMs of [WINDOW_MS, 200]) {
      const guard = widened(undefined, DEFINED_MS, windowMs, 1_000);
      expect(isDoubted(guard, windowMs, 1_000 + 20 * windowMs - 1)).toBe(true);
      expect(isDoubted(guard, windowMs, 1_000 + 20 * windowMs)).toBe(false);
      expect(guardOf(guard, DEFINED_MS, windowMs, 1_000 + 20 * windowMs)).toBe(DEFINED_MS);
    }
  });

  it('begins somewhere where none is defined', () => {
    const guard = widened(undefined, 0, WINDOW_MS, 0);
    expect(guardOf(guard, 0, WINDOW_MS, 0)).toBe(50);
    expect(guardOf(guard, 0, 600_000, 0)).toBe(50);
  });

  it('is at most a tenth of the window, or what is defined', () => {
    let guard: WidenedGuard | undefined;
    for (let i = 0; i < 20; i += 1) guard = widen(guard, i * WINDOW_MS);
    expect(guardAt(guard, 20 * WINDOW_MS)).toBe(WINDOW_MS / 10);
    expect(guardOf(guard, DEFINED_MS, 1_000, 19 * WINDOW_MS)).toBe(100);
    expect(guardOf(guard, 9_000, WINDOW_MS, 20 * WINDOW_MS)).toBe(9_000);
  });

  it('narrows to what is defined within 20 windows, however wide it was', () => {
    const guard = { guardMs: WINDOW_MS / 10, since: 0 };
    const after = (windows: number) => guardAt(guard, windows * WINDOW_MS);
    expect(after(8)).toBe(6_000);
    expect(after(9)).toBeCloseTo(3_600);
    expect(after(20)).toBe(DEFINED_MS);
    expect(guardOf(guard, 0, WINDOW_MS, 20 * WINDOW_MS)).toBe(0);
  });

  it('goes by the shortest window, and is left alone where there is none', () => {
    expect(guardedWindow([calls(1, 5_000), tokens(1, 1_000), permits(1)])).toBe(1_000);
    expect(widened(undefined, DEFINED_MS, guardedWindow([permits(1)]), 0)).toBeUndefined();
  });
});
