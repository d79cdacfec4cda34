/** What an algorithm needs to know of a limit: its units per window. */
export interface Window {
  /** Length of the window. Unit: milliseconds. */
  readonly windowMs: number;
  /** Units per window; for the buckets, also the largest burst. */
  readonly capacity: number;
}

/** The five ways to count units per window. */
export type AlgorithmName = 'TokenBucket' | 'LeakyBucket' | 'SlidingWindow' | 'FixedWindow' | 'GCRA';

/** What happens to requested but unused units: the provider returns them, or keeps counting them. */
export type Unused = 'returned' | 'kept';

/** Either of them. */
export const UNUSED: readonly Unused[] = ['returned', 'kept'];

/** Between which moments units count as started. */
export interface StartedWithin {
  readonly from: number;
  readonly to: number;
}

/**
 * One way to count. The contract of all five:
 *
 * A1. `now` is a parameter, in milliseconds, of whatever clock the caller keeps; an earlier `now` than before reads as
 *     the latest one seen, so a clock that jumps back creates no capacity. `at` is no clock: it may lie in the past, and
 *     what was taken then counts from then on or, where the state does not reach back, from the latest moment seen.
 * A2. State is plain JSON, owned by the caller, bounded in size.
 * A3. Between two calls `available` only grows with time, up to the capacity.
 * A4. `available(availableAt(amount)) >= amount` within {@link tolerance} and the resolution of the clock's numbers.
 * A5. Each call is O(1) amortised.
 * A6. A refund never makes more available, at any moment, than if the refunded units had never been taken.
 */
export interface Algorithm<State = unknown> {
  readonly name: AlgorithmName;
  /** What happens to unused units by default. */
  readonly unusedByDefault: Unused;
  /** The state of a limit of which nothing has been taken. */
  initial(window: Window, now: number): State;
  /** Units that may start at `now`. Negative while in debt. */
  available(window: Window, state: State, now: number): number;
  /** The earliest moment from `now` on at which `amount` units may start, if nothing else is taken; `Infinity` if never. */
  availableAt(window: Window, state: State, now: number, amount: number): number;
  /** Takes units as of `at`, now or earlier, whether they are there or not: the caller has checked, or the caller charges a debt. */
  consume(window: Window, state: State, at: number, amount: number): void;
  /**
   * Gives back units that were taken and not used, or less of them: never so much that another unit would count as
   * started earlier than it was. A window takes them out where they stand, which is not before `started.from`; without
   * `started` it gives nothing back.
   */
  refund(window: Window, state: State, now: number, amount: number, started?: StartedWithin): void;
  /** Whether each unit counts until a window after its start, whatever the capacity is. */
  readonly keepsStarts?: true;
  /** Has no more than so many units count. Only of a state that is in units, and so means the same under another capacity. */
  limit?(state: State, most: number): void;
}

/** Amounts this close are the same: what remains of rounding after millions of additions at any scale. */
export function tolerance(window: Window): number {
  return window.capacity * 1e-9;
}
