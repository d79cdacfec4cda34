import type { LimitSet } from '../../src/client/sets/limit-set';
import { until } from './until';

/** Waits until so much is available, rounded: in Temporal mode, the limiter hears of a start or a release a moment later. */
export function untilAvailable(set: LimitSet, expected: Readonly<Record<string, number>>): Promise<void> {
  return until(`${JSON.stringify(expected)} are available`, async () => {
    const { limits } = await set.getStats();
    const now = Object.fromEntries(Object.entries(limits).map(([key, stats]) => [key, Math.round(stats.available)]));
    return Object.entries(expected).every(([key, amount]) => now[key] === amount) || JSON.stringify(now);
  });
}
