import type { Push, Sync } from '../limiter/wire';

/** What a {@link SyncFlow} keeps going. */
export interface SyncSource {
  /** When the next sync should go, on the client's clock; `Infinity` if there is nothing to say. */
  dueAt(now: number): number;
  compose(): Sync;
  /** This sync is stored where the limiter will read it. */
  delivered(sync: Sync): void;
  /** Whether somebody waits for an answer. */
  readonly isWaiting: boolean;
  /** Takes an answer over. */
  take(push: Push): void;
  /** The id under which the limiter knows it. */
  readonly id: string;
}

/** Sends one client's syncs when they are due: one in flight at most, each tried until it is certain to have arrived. */
export interface SyncFlow {
  /** To be called whenever there may be something new to say. */
  wake(): void;
  stop(): void;
}
