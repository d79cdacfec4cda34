import { MOST_AMOUNT } from '../checks/numbers-check';
import { at, isZero, zeros, type Vector } from '../vector/vector';

/** Who is not answered introduces itself less and less often. */
const MOST_INTRODUCTIONS = 64;

/** Usage above requests, by limit: in all, and the part of it that no sync has told. */
export class Excess {
  readonly #total: number[];
  #untold: number[];
  /** What syncs have told before the limiter had answered any. */
  #introductions: readonly { readonly seq: number; readonly total: Vector }[] = [];

  constructor(limits: number) {
    this.#total = zeros(limits);
    this.#untold = zeros(limits);
  }

  get isTold(): boolean {
    return isZero(this.#untold);
  }

  /** Whether little can be added to a total. */
  get isFull(): boolean {
    return this.#total.some((units) => units > MOST_AMOUNT / 2);
  }

  add(index: number, units: number): void {
    for (const sum of [this.#total, this.#untold]) sum[index] = Math.min(at(sum, index) + units, MOST_AMOUNT);
  }

  /** The total, for a sync. Until the limiter has answered, it counts as not reported: an introduction may have to be repeated. */
  tell(seq: number, isRegistered: boolean): number[] {
    const total = [...this.#total];
    if (isRegistered) this.#untold = zeros(total.length);
    else this.#introductions = [...this.#introductions.slice(1 - MOST_INTRODUCTIONS), { seq, total }];
    return total;
  }

  /** The limiter has answered: it knows what the sync of this number reported. */
  answered(ack: number): void {
    if (this.#introductions.length === 0) return;
    const told = this.#introductions.findLast(({ seq }) => seq <= ack);
    this.#introductions = [];
    if (told !== undefined) this.#untold = this.#total.map((units, i) => units - at(told.total, i));
  }

  /** What no sync has told; from now on it is for the caller to tell. */
  takeUntold(): Vector {
    const untold = this.#untold;
    this.#untold = zeros(untold.length);
    return untold;
  }
}
