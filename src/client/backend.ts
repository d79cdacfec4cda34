import type { Supply } from '../acquire/supply';
import type { LimitStats } from '../limiter/ledger';

/** What {@link Backend.stats} tells. */
export interface BackendStats {
  readonly limits: Readonly<Record<string, LimitStats>>;
  /** Acquisitions that wait, in every process that shares the set. */
  readonly waiting: number;
}

/** Where the capacity of a process's limit set comes from: the process (memory mode) or a limiter workflow (Temporal mode). */
export interface Backend extends Supply {
  stats(): Promise<BackendStats>;
  /** Gives back at once what is held but not in use, as when the process is about to rest. */
  yield(): Promise<void>;
  /** Gives everything back at once and fails what waits. Idempotent. */
  close(): Promise<void>;
}
