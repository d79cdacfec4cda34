/**
 * Where acquisitions take from: the ledger itself (memory mode) or a lease on one (Temporal mode). Amounts are arrays in
 * the order of the definitions; `now` is in milliseconds of the clock that the source keeps.
 */
export interface Capacity {
  /** The earliest moment from `now` on at which the amounts could be taken together; `Infinity` if not foreseeable. */
  readyAt(amounts: readonly number[], now: number): number;
  /** Takes all of the amounts. Only after `readyAt` has said `now`. */
  take(amounts: readonly number[], now: number): void;
  /** Gives the permits among the amounts back. */
  release(amounts: readonly number[], now: number): void;
}
