import type { LoadBalancing } from '../../../src/limiter/pool/balancers';
import { PoolRouter, UNKNOWN_WAIT } from '../../../src/workflows/routing/pool-router';

const AWAY_MS = 30_000;

/** A router over three sets, on a clock that the test moves. */
function routerOf(loadBalancing: LoadBalancing = 'RoundRobin', { failover = true, workerIndex = 0 } = {}) {
  const clock = { now: 0 };
  const policy = { loadBalancing, workerIndex, failover };
  const router = new PoolRouter(
    3,
    policy,
    { dispatched: 0 },
    () => 0.5,
    () => clock.now,
  );
  const go = (waits = UNKNOWN_WAIT): number => {
    const place = router.first(waits);
    router.begin(place);
    return place;
  };
  const goMany = (count: number): number[] => Array.from({ length: count }, () => go());
  return { clock, router, go, goMany };
}

describe('a pool router', () => {
  it('goes by turns from its offset, whatever is under way where the limits are not known', () => {
    expect(routerOf().goMany(4)).toEqual([0, 1, 2, 0]);
    expect(routerOf('RoundRobin', { workerIndex: 5 }).goMany(3)).toEqual([2, 0, 1]);
    expect(routerOf('Random').goMany(2)).toEqual([1, 1]);
  });

  it('finds where the least is under way', () => {
    const { router, go, goMany } = routerOf('LeastWait');
    expect(goMany(5)).toEqual([0, 1, 2, 0, 1]);
    router.end(1, true);
    router.end(1, true);
    expect(go()).toBe(1);
  });

  it('passes over a set that would make the call wait, or could never grant it, for one that would not', () => {
    const { go } = routerOf();
    expect(go((place) => [1_000, undefined, 0][place])).toBe(2);
    expect(go((place) => [1_000, undefined, 500][place])).toBe(2);
    expect(routerOf('RoundRobin', { failover: false }).go((place) => [1_000, 0, 0][place])).toBe(0);
  });

  it('tries each set once when nobody takes a call, and one with room first', () => {
    const { router } = routerOf();
    expect(router.after(0, new Set([0]), UNKNOWN_WAIT)).toBe(1);
    expect(router.after(0, new Set([0]), (place) => [0, 700, 0][place])).toBe(2);
    expect(router.after(1, new Set([0, 1]), UNKNOWN_WAIT)).toBe(2);
    expect(router.after(2, new Set([0, 1, 2]), UNKNOWN_WAIT)).toBeUndefined();
    expect(routerOf('RoundRobin', { failover: false }).router.after(0, new Set([0]), UNKNOWN_WAIT)).toBeUndefined();
  });

  it('shares the calls of a deserted set out among the others', () => {
    const { router } = routerOf();
    const next = Array.from({ length: 4 }, () => {
      const place = router.after(0, new Set([0]), UNKNOWN_WAIT)!;
      router.begin(place);
      return place;
    });
    expect(next).toEqual([1, 2, 1, 2]);
  });

  it('goes nowhere else with a call that no other set could grant', () => {
    const { router } = routerOf();
    expect(router.after(0, new Set([0]), (place) => (place === 0 ? 0 : undefined))).toBeUndefined();
  });

  it('passes over a set where nobody took a call, until one call at a time looks again', () => {
    const { clock, router, goMany } = routerOf();
    expect(goMany(1)).toEqual([0]);
    router.end(0, false);
    expect(goMany(4)).toEqual([1, 2, 1, 1]);
    clock.now += AWAY_MS;
    // its turn: one looks, the others continue passing over
    expect(goMany(5)).toEqual([2, 0, 1, 2, 1]);
    router.end(0, true);
    expect(goMany(3)).toEqual([1, 2, 0]);
  });

  it('goes by turns where nobody is anywhere', () => {
    const { router, goMany } = routerOf();
    for (const place of goMany(3)) router.end(place, false);
    expect(goMany(3)).toEqual([0, 1, 2]);
  });
});
