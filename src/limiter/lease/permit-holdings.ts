import { addAt, at, exceeds, isZero, larger, smaller, sum, zeros, type Vector } from '../vector/vector';

/** The permits of one client, by limit: how many it may have in use, and how many it has. */
export class PermitHoldings {
  readonly #cap: number[];
  /** What was in use at the last report to the limiter. */
  #reported: Vector;
  /** Whether a permit became free that others are to have. */
  hasOthers = false;

  constructor(readonly inUse: number[]) {
    this.#cap = zeros(inUse.length);
    this.#reported = [...inUse];
  }

  /** How many may be in use. */
  get cap(): Vector {
    return this.#cap;
  }

  get isEmpty(): boolean {
    return isZero(this.inUse) && isZero(this.#cap);
  }

  /** Whether permits are kept that are not in use. */
  get hasIdle(): boolean {
    return exceeds(this.#cap, this.inUse);
  }

  /** Whether permits have become free that the limiter takes for being in use. */
  get hasFreed(): boolean {
    return exceeds(this.#reported, this.inUse);
  }

  /** How many more may be in use. */
  idle(index: number): number {
    return Math.max(0, at(this.#cap, index) - at(this.inUse, index));
  }

  canTake(index: number, amount: number): boolean {
    return at(this.inUse, index) + amount <= at(this.#cap, index);
  }

  /** Says how many are in use then. */
  take(index: number, amount: number): number {
    addAt(this.inUse, index, amount);
    return at(this.inUse, index);
  }

  release(index: number, amount: number): void {
    const inUse = at(this.inUse, index);
    if (inUse > at(this.#cap, index)) this.hasOthers = true;
    this.inUse[index] = Math.max(0, inUse - amount);
  }

  setCap(cap: Vector): void {
    cap.forEach((permits, i) => (this.#cap[i] = permits));
  }

  /** Gives up what is neither in use nor needed besides; returns what is left. */
  keepOnly(needed: Vector): number[] {
    this.hasOthers = false;
    this.#reported = [...this.inUse];
    this.setCap(smaller(this.#cap, sum(this.inUse, needed)));
    return larger(this.inUse, this.#cap);
  }

  /** Gives up everything, whatever is in use. */
  revoke(): void {
    this.#cap.fill(0);
    this.inUse.fill(0);
  }
}
