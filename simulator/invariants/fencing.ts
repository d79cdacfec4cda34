import type { LimitDefinition } from '../../src/limiter/definition/definition';
import type { Invariant } from './invariant';

/** The last holder within a fencing token of the limiter shares it with those who come after it there. */
const HOLDERS = 2_048;

/** A store that remembers the largest token that it has seen can refuse everybody who holds no longer. */
export const fencing: Invariant = {
  name: 'fencing tokens',
  promise:
    'tokens grow from holder to holder within a lease, are never given to two leases, and where there is one permit, grow from each holder to the next',
  watch({ fail, definition }) {
    let fence = 0;
    const last = new Map<string, number>();
    const leaseOf = new Map<number, string>();
    const single = new Set(
      definition.limits.filter((limit) => limit.kind === 'resource' && most(limit) === 1).map(({ key }) => key),
    );
    const lastHolder = new Map<string, number>();
    return {
      redefined({ limits }) {
        for (const limit of limits) if (most(limit) > 1) single.delete(limit.key);
      },
      woke(state) {
        const now = state().fence;
        if (now < fence) fail(`the limiter's token fell from ${fence} to ${now}`);
        fence = now;
      },
      acquired({ owner, lease, fencingToken, holds }) {
        const isLast = fencingToken % HOLDERS === HOLDERS - 1;
        const before = last.get(lease) ?? 0;
        if (fencingToken < before || (fencingToken === before && !isLast))
          fail(`${owner} got token ${fencingToken} after ${before} under the same lease`);
        last.set(lease, fencingToken);
        if (holds.length === 0) return;
        const token = Math.floor(fencingToken / HOLDERS);
        const other = leaseOf.get(token);
        if (other !== undefined && other !== lease) fail(`${lease} got token ${token}, which ${other} had`);
        leaseOf.set(token, lease);
        for (const key of holds) {
          if (!single.has(key)) continue;
          const previous = lastHolder.get(key) ?? 0;
          if (fencingToken < previous) fail(`${key}: ${owner} got token ${fencingToken} after ${previous}`);
          lastHolder.set(key, fencingToken);
        }
      },
    };
  },
};

/** As many as there ever are under this definition. */
function most({ capacity, adaptive }: LimitDefinition): number {
  return adaptive?.max ?? capacity;
}
