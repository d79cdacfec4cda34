import type { LimitDefinition } from '../definition/definition';
import type { Capacity, Kept } from '../ledger/capacity';
import { isZero, type Vector } from '../vector/vector';
import type { OperatorControl } from './operator-control';

/** Keeps what there is to take while an operator has paused a set. It stands before the capacity only while a change is in force. */
export class ControlledCapacity implements Capacity {
  /** @param update Ends the changes that were to end by now, and has the capacity follow. */
  constructor(
    readonly capacity: Capacity,
    readonly control: OperatorControl,
    readonly update: (now: number) => void,
  ) {}

  get definitions(): readonly LimitDefinition[] {
    return this.capacity.definitions;
  }

  readyAt(amounts: Vector, now: number): number {
    this.update(now);
    const readyAt = this.capacity.readyAt(amounts, now);
    return isZero(amounts) ? readyAt : this.#foreseen(readyAt, now);
  }

  readyAtOne(index: number, amount: number, now: number): number {
    this.update(now);
    return this.#foreseen(this.capacity.readyAtOne(index, amount, now), now);
  }

  available(index: number, now: number): number {
    return this.capacity.available(index, now);
  }

  keeps(signature: number, lacking: number, amounts: Vector): Kept {
    return this.capacity.keeps(signature, lacking, amounts);
  }

  take(amounts: Vector, now: number): void {
    this.capacity.take(amounts, now);
  }

  release(amounts: Vector, now: number): void {
    this.capacity.release(amounts, now);
  }

  /** The end of a change may bring what nothing else would: it is looked at again then. */
  #foreseen(readyAt: number, now: number): number {
    const { isPaused, nextEnd } = this.control;
    return isPaused || readyAt > now ? Math.min(isPaused ? Infinity : readyAt, nextEnd) : readyAt;
  }
}
