import type { LimitDefinition } from '../definition/definition';
import type { Vector } from '../vector/vector';

/**
 * Where acquisitions take from: the ledger itself (memory mode) or a lease on one (Temporal mode). Amounts are arrays in
 * the order of the definitions; `now` is in milliseconds of the clock that the source keeps.
 */
export interface Capacity {
  readonly definitions: readonly LimitDefinition[];
  /** The earliest moment from `now` on at which the amounts could be taken together; `Infinity` if not foreseeable. */
  readyAt(amounts: Vector, now: number): number;
  /** {@link Capacity.readyAt} for one limit. */
  readyAtOne(index: number, amount: number, now: number): number;
  /** Units or permits of one limit that are free. Negative while in debt. */
  available(index: number, now: number): number;
  /**
   * Whether a request that has to wait keeps its units from those behind it. Not where units come by grants that cover
   * whole requests, and none has come for this one: what is here then is meant for others.
   */
  covers(amounts: Vector, now: number): boolean;
  /** Takes all of the amounts. Only after `readyAt` has said `now`. */
  take(amounts: Vector, now: number): void;
  /** Gives the permits among the amounts back. */
  release(amounts: Vector, now: number): void;
}
