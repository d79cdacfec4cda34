import { type Forecast } from './forecast';

/** How much of one limit is in use now. */
export interface QuotaUse {
  readonly key: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** One set at one moment. */
export interface SetProgress {
  readonly name: string;
  /** Items that are at the provider. */
  readonly inFlight: number;
  /** Items that wait for this set's limits. */
  readonly waiting: number;
  readonly quotas: readonly QuotaUse[];
  /** What its provider answered instead of serving, if it did. */
  readonly faults?: string | undefined;
  /** Why its provider serves no request now, if so. */
  readonly suspension?: string | undefined;
}

/** A batch at one moment. */
export interface ProgressSnapshot {
  /** Items that are through, the failed ones included. */
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  readonly elapsedSeconds: number;
  /** How long the rest takes, if anybody can tell. */
  readonly rest?: Forecast | undefined;
  /** Attempts beyond the first of each item. @default 0 */
  readonly retries?: number;
  /** The kind of the last error of any attempt. */
  readonly lastError?: string | undefined;
  /** What stops the batch, if something does. */
  readonly trouble?: string | undefined;
  readonly sets: readonly SetProgress[];
}
