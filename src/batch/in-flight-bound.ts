import { type LimitJSON } from '../limiter/limits';

/** Without any limit at all, and the most at one set: a workflow may have 2,000 activities pending, and should not. */
const MOST = 200;
/** Of a window's calls that may all start at once, so many are made ready. */
const MOST_OF_A_BURST = 64;
/** All sets together. */
const MOST_IN_ALL = 480;

/**
 * How many items are under way at each set at once, those that wait for its limits included: enough that a permit or a
 * window that becomes free finds an item that waits for it, and no more, since an item that waits at one set is not taken
 * up by another that would be free.
 *
 * Twice the permits of the scarcest resource and 4, or a whole window of calls that is let through at once, if that is more
 * and not too many; without a resource limit, what two windows let through.
 */
export function inFlightBounds(sets: readonly { readonly limits: readonly LimitJSON[] }[]): number[] {
  const wanted = sets.map(({ limits }) => {
    const permits = limits.flatMap((limit) => (limit.kind === 'resource' ? [limit.capacity] : []));
    const calls = limits.flatMap((limit) => (limit.kind === 'call' ? [limit.capacity] : []));
    if (permits.length === 0) return Math.max(1, Math.floor(Math.min(MOST, ...calls.map((n) => 2 * n))));
    const scarcest = Math.min(...permits);
    const burst = Math.min(MOST_OF_A_BURST, scarcest + Math.min(...calls));
    return Math.floor(Math.min(MOST, Math.max(2 * scarcest + 4, calls.length === 0 ? 0 : burst)));
  });
  const total = wanted.reduce((sum, bound) => sum + bound, 0);
  const share = Math.min(1, MOST_IN_ALL / total);
  return wanted.map((bound) => Math.max(1, Math.floor(bound * share)));
}
