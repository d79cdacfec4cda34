import { lognormal, StrictLoad } from '../../../simulator/loads/strict-account';
import { calls } from '../../../simulator/scenario/definitions';

const WINDOW_MS = 60_000;
const CALLS = 600;

describe.each(['memory', 'fleet'] as const)('an account to which the way varies by some 300 ms: %s', (mode) => {
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
