import type { ProviderStats } from '../feedback/provider-record';
import type { LimitStats } from '../ledger/ledger';
import { at } from '../vector/vector';
import type { InspectedSet } from './inspect';
import type { AllocatorCounters } from './snapshot/snapshot';

/** What `Allocator.stats` returns. */
export interface AllocatorStats {
  readonly limits: Readonly<Record<string, LimitStats>>;
  /** Acquisitions that wait, as the clients last reported. */
  readonly waiting: number;
  /** Processes, and workflow runs that hold or wait for something, that share the set. */
  readonly clients: number;
  /** About how many more were turned away, to ask again later, because there is no room for them. */
  readonly turnedAway: number;
  readonly version: number;
  readonly counters: AllocatorCounters;
  /** What is known of the provider, once something was observed. */
  readonly provider?: ProviderStats;
}

/** What all clients together have and wait for; of permits, the ledger knows nothing. */
export function allocatorStats(
  { definition: { limits, version }, ledger, accounts, turnedAway, provider }: InspectedSet,
  counters: AllocatorCounters,
  now: number,
): AllocatorStats {
  const taken = Object.entries(ledger.stats(now)).map(([key, stats], i): [string, LimitStats] => {
    if (limits[i]?.kind !== 'resource') return [key, stats];
    const inUse = accounts.reduce((sum, { state }) => sum + at(state.permits.inUse, i), 0);
    return [key, { ...stats, available: stats.capacity - inUse, utilization: inUse / stats.capacity }];
  });
  return {
    limits: Object.fromEntries(taken),
    waiting: accounts.reduce(
      (sum, { state }) => state.demand.waiting.reduce((part, { count }) => part + count, sum),
      0,
    ),
    clients: accounts.length,
    turnedAway,
    version,
    counters: { ...counters },
    ...(provider !== undefined && { provider }),
  };
}
