import type { Amounts } from '../../src/limiter/request/request';

/** What a worker does over and over, or a workflow run once. */
export interface Job {
  /** By unit. */
  readonly requested: Amounts;
  /** From the start to the release. Unit: milliseconds. */
  readonly holdMs: number;
  /** How much of each unit of a rate limit was used, less or more than requested; @default what was requested */
  readonly used?: Amounts;
  readonly priority?: number;
  readonly timeoutMs?: number;
  /** Pause before it. Unit: milliseconds. */
  readonly pauseMs?: number;
}
