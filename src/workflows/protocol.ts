import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { AllocatorSnapshot, AllocatorStats } from '../limiter/allocator';
import type { RunAddress } from '../limiter/address';
import type { SetDefinition } from '../limiter/definition';
import type { Push, Sync } from '../limiter/wire';

/** What {@link statsQuery} answers. */
export interface LimiterStats extends AllocatorStats {
  /** History events up to the newest workflow task, those of the runs before this one included. */
  readonly events: number;
  /** What is limited. A limiter of an earlier release does not tell. */
  readonly definition?: SetDefinition;
}

/** A client tells its limiter its whole state. */
export const syncSignal = defineSignal<[Sync]>('limits.sync');
/** Whoever runs processes tells that the one that hears at this address has ended: what it held is free at once. */
export const endedSignal = defineSignal<[address: string]>('limits.ended');
/** The limiter tells a workflow run its whole lease. */
export const pushSignal = defineSignal<[Push]>('limits.push');
/** What the limiter counts, as of a moment. Unit: milliseconds since the epoch. */
export const statsQuery = defineQuery<LimiterStats, [now: number]>('limits.stats');
/** The newest push to a client, for one that has no task queue of its own. */
export const leaseQuery = defineQuery<Push | null, [client: string]>('limits.lease');

/** What a limiter workflow starts with. */
export interface LimiterInput {
  /** What is limited; a client sends its own with its first sync. */
  readonly definition: SetDefinition;
  /** The state of the run before this one. */
  readonly state?: AllocatorSnapshot;
  /** History events of all runs before this one. @default 0 */
  readonly events?: number;
  /**
   * After how many events of history a run ends and continues as new; every run after it does the same. Unit: events.
   * Range: from 50, as the first exchange with a few clients takes so many; below the 4,096 at which the server asks for
   * it anyway. @default 1000
   */
  readonly maxEvents?: number;
}

/** The activities that a client's own task queue serves. */
export interface PushActivities {
  /** Hands a push to the client it is for; what comes back is that client's state, if it has something to tell. */
  limitsPush(push: Push): Promise<Sync | undefined>;
}

/** The activities that every host of limiters serves, on the limiters' own task queue. */
export interface HostActivities {
  /** Finds out which of these workflow runs are closed: their run ids. One of which that is not known counts as open. */
  limitsProbe(runs: readonly RunAddress[]): Promise<readonly string[]>;
}
