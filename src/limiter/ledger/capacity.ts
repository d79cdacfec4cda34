import type { LimitDefinition } from '../definition/definition';
import type { Vector } from '../vector/vector';

/**
 * What a request that has to wait keeps from those behind it: all that it asks for, permits only, or nothing. Units come
 * by grants for whole requests where a limiter hands them out: those that are here before a request's own are meant for
 * others. One whose units are not to be had for long keeps no permits either.
 */
export type Kept = 'all' | 'permits' | 'nothing';

/**
 * Where acquisitions take from: a ledger in the process (memory mode) or a lease on one elsewhere (Temporal mode). Amounts
 * are arrays in the order of the definitions; `now` is in milliseconds of the clock that the source keeps.
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
   * What a request that has to wait keeps from those behind it.
   *
   * @param signature The limits that it asks for, a bit each.
   * @param lacking Those of which nothing is known to bring what it needs.
   */
  keeps(signature: number, lacking: number, amounts: Vector): Kept;
  /** Takes all of the amounts. Only after `readyAt` has said `now`. */
  take(amounts: Vector, now: number): void;
  /** Gives the permits among the amounts back. */
  release(amounts: Vector, now: number): void;
}
