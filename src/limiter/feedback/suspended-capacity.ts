import type { LimitDefinition } from '../definition/definition';
import type { Capacity, Kept } from '../ledger/capacity';
import { isZero, type Vector } from '../vector/vector';

/**
 * Keeps what there is to take until a suspension is over. A request that takes nothing is not kept back. It stands
 * before the capacity only while there is a suspension.
 */
export class SuspendedCapacity implements Capacity {
  /**
   * @param opensAt From when on a request may start; asked anew each time, as it moves.
   * @param onTake Told when a request takes something.
   */
  constructor(
    readonly capacity: Capacity,
    readonly opensAt: (now: number) => number,
    readonly onTake: (now: number) => void,
  ) {}

  get definitions(): readonly LimitDefinition[] {
    return this.capacity.definitions;
  }

  readyAt(amounts: Vector, now: number): number {
    const readyAt = this.capacity.readyAt(amounts, now);
    return isZero(amounts) ? readyAt : Math.max(this.opensAt(now), readyAt);
  }

  readyAtOne(index: number, amount: number, now: number): number {
    return Math.max(this.opensAt(now), this.capacity.readyAtOne(index, amount, now));
  }

  available(index: number, now: number): number {
    return this.capacity.available(index, now);
  }

  keeps(signature: number, lacking: number, amounts: Vector): Kept {
    return this.capacity.keeps(signature, lacking, amounts);
  }

  take(amounts: Vector, now: number): void {
    this.capacity.take(amounts, now);
    if (!isZero(amounts)) this.onTake(now);
  }

  release(amounts: Vector, now: number): void {
    this.capacity.release(amounts, now);
  }
}
