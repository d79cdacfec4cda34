import { lognormal, StrictLoad } from '../../../simulator/loads/strict-account';
import { calls, permits } from '../../../simulator/scenario/definitions';

const WINDOW_MS = 60_000;
const CALLS = 600;
const MODES = ['memory', 'fleet', 'fleet that continues as new at each wake'] as const;

describe.each(MODES)('an account to which the way varies by some 300 ms: %s', (mode) => {
  it('refuses less and less until it refuses next to nothing, and is used whole', async () => {
    const load = new StrictLoad({
      ...{ mode, limits: [calls(CALLS, WINDOW_MS)], allowed: CALLS, windowMs: WINDOW_MS },
      ...{ wayMs: lognormal(300, 0.6), callMs: 500, processes: 4, workersEach: 8 },
    });
    const first = await load.play(8 * WINDOW_MS);
    expect(first.refused).toBeGreaterThan(4);
    const later = await load.play(25 * WINDOW_MS);
    expect(later.refused / later.calls).toBeLessThan(0.001);
    expect(later.calls).toBeGreaterThan(0.97 * 25 * CALLS);
  });

  it('has the guard of its definition again 20 windows after the last refusal', async () => {
    const load = new StrictLoad({
      ...{ mode, limits: [calls(CALLS, WINDOW_MS)], allowed: CALLS - 100, windowMs: WINDOW_MS },
      ...{ wayMs: () => 10, callMs: 500, processes: 2, workersEach: 8 },
    });
    await load.play(6 * WINDOW_MS);
    expect((await load.stats()).provider?.guardMs).toBeGreaterThan(500);
    load.allowed = CALLS;
    await load.play(20 * WINDOW_MS);
    expect((await load.stats()).provider?.guardMs).toBeUndefined();
    expect((await load.play(5 * WINDOW_MS)).refused).toBe(0);
  });
});

describe.each(MODES)('an adaptive limit at an account that says nothing of its own: %s', (mode) => {
  it('follows a quota that is halved and doubled back in silence', async () => {
    const load = new StrictLoad({
      ...{ mode, limits: [{ ...calls(CALLS, WINDOW_MS), adaptive: { min: 60, max: CALLS } }] },
      ...{ allowed: CALLS, windowMs: WINDOW_MS, wayMs: () => 20, callMs: 500, processes: 4, workersEach: 8 },
    });
    await load.play(5 * WINDOW_MS);
    load.allowed = CALLS / 2;
    await load.play(3 * WINDOW_MS);
    const halved = await load.play(20 * WINDOW_MS);
    expect(halved.refused / halved.calls).toBeLessThanOrEqual(0.02);
    expect(halved.calls - halved.refused).toBeGreaterThanOrEqual((0.85 * 20 * CALLS) / 2);
    load.allowed = CALLS;
    await load.play(9 * WINDOW_MS);
    const doubled = await load.play(WINDOW_MS);
    expect(doubled.calls - doubled.refused).toBeGreaterThanOrEqual(0.9 * CALLS);
    expect((await load.stats()).limits['calls']?.capacity).toBeLessThanOrEqual(CALLS);
  });

  it('finds a hidden limit of 37 connections', async () => {
    const load = new StrictLoad({
      ...{ mode, limits: [{ ...permits(10), adaptive: { min: 4, max: 200 } }], allowed: 37, windowMs: undefined },
      ...{ wayMs: () => 20, callMs: 1_000, processes: 4, workersEach: 60 },
    });
    const first = await load.play(10 * 10_000);
    const later = await load.play(20 * 10_000);
    expect(later.atOnce).toBeGreaterThanOrEqual(30);
    expect(later.atOnce).toBeLessThanOrEqual(37);
    expect((first.refused + later.refused) / (first.calls + later.calls)).toBeLessThan(0.01);
  });
});
