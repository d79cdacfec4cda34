import type { SetDefinition } from '../definition/definition';
import type { ProviderStats } from '../feedback/provider-record';
import type { LimitStats } from '../ledger/ledger';
import { at } from '../vector/vector';
import type { ClientState } from './account/client-state';
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
  { limits, version }: SetDefinition,
  counted: Readonly<Record<string, LimitStats>>,
  clients: readonly ClientState[],
  turnedAway: number,
  counters: AllocatorCounters,
): AllocatorStats {
  const taken = Object.entries(counted).map(([key, stats], i): [string, LimitStats] => {
    if (limits[i]?.kind !== 'resource') return [key, stats];
    const inUse = clients.reduce((sum, { permits }) => sum + at(permits.inUse, i), 0);
    return [key, { ...stats, available: stats.capacity - inUse, utilization: inUse / stats.capacity }];
  });
  return {
    limits: Object.fromEntries(taken),
    waiting: clients.reduce((sum, { demand }) => demand.waiting.reduce((part, { count }) => part + count, sum), 0),
    clients: clients.length,
    turnedAway,
    version,
    counters: { ...counters },
  };
}
