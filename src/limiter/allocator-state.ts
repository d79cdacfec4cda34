import type { ClientState } from './client-state';
import type { SetDefinition } from './definition';
import type { LedgerSnapshot, LimitStats } from './ledger';

/** The version of a snapshot that is understood here. */
export const SNAPSHOT_VERSION = 1;

/** The allocator's whole state as plain JSON. */
export interface AllocatorSnapshot {
  /** {@link SNAPSHOT_VERSION} of whoever wrote it. */
  readonly snapshot: number;
  readonly definition: SetDefinition;
  readonly ledger: LedgerSnapshot;
  readonly clients: readonly ClientState[];
  readonly fence: number;
  readonly birth: number;
  readonly counters: AllocatorCounters;
}

/** What an allocator has seen since it was made. */
interface AllocatorCounters {
  readonly syncs: number;
  readonly pushes: number;
  readonly grants: number;
  readonly refused: number;
}

/** What {@link Allocator.stats} tells. */
export interface AllocatorStats {
  readonly limits: Readonly<Record<string, LimitStats>>;
  /** Acquisitions that wait, as far as the clients have told. */
  readonly waiting: number;
  /** Processes that share the set. */
  readonly clients: number;
  readonly version: number;
  readonly counters: AllocatorCounters;
}
