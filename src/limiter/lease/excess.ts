import { addAt, isZero, zeros, type Vector } from '../vector/vector';

/** Usage above requests, by limit: in all, and the part of it that no sync has told. */
export class Excess {
  readonly #total: number[];
  #untold: number[];

  constructor(limits: number) {
    this.#total = zeros(limits);
    this.#untold = zeros(limits);
  }

  get isTold(): boolean {
    return isZero(this.#untold);
  }

  add(index: number, units: number): void {
    addAt(this.#total, index, units);
    addAt(this.#untold, index, units);
  }

  /** The total, for a sync. Until the limiter has answered it counts as untold: whoever introduces itself may have to do so anew. */
  tell(isRegistered: boolean): number[] {
    if (isRegistered) this.#untold = zeros(this.#total.length);
    return [...this.#total];
  }

  /** What no sync has told; from now on it is for the caller to tell. */
  takeUntold(): Vector {
    const untold = this.#untold;
    this.#untold = zeros(untold.length);
    return untold;
  }
}
