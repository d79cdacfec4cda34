/** What an algorithm needs to know of a limit: so many units per window. */
export interface Window {
  /** Length of the window. Unit: milliseconds. */
  readonly windowMs: number;
  /** Units per window; for the buckets, also the largest burst. */
  readonly capacity: number;
}
