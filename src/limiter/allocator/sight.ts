import type { Sight } from '../control/history';
import type { LimitDefinition } from '../definition/definition';
import { addAt, at, zeros } from '../vector/vector';
import type { ClientAccount } from './account/client-account';

/** What is to be seen of all clients at one moment. */
export function sightOf(
  accounts: Iterable<ClientAccount>,
  limits: readonly LimitDefinition[],
  throttled: number,
  now: number,
): Sight {
  const used = zeros(limits.length);
  let waiting = 0;
  let since = now;
  for (const { state } of accounts) {
    const { units, permits, demand } = state;
    for (const [i, { kind }] of limits.entries())
      addAt(used, i, at(kind === 'resource' ? permits.inUse : units.used, i));
    for (const entry of demand.waiting) {
      waiting += entry.count;
      since = Math.min(since, entry.since);
    }
  }
  return { used, waiting, longestWaitMs: Math.max(0, now - since), throttled };
}
