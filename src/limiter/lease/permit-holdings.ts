/** The permits of one client, by limit: how many it may have in use, and how many it has. */
export class PermitHoldings {
  readonly #level: number[];
  /** What was in use when the limiter was last told. */
  #told: readonly number[];
  /** Whether a permit became free that others are to have. */
  hasOthers = false;

  constructor(readonly inUse: number[]) {
    this.#level = inUse.map(() => 0);
    this.#told = [...inUse];
  }

  get levels(): readonly number[] {
    return this.#level;
  }

  get isEmpty(): boolean {
    return this.inUse.every((n) => n === 0) && this.#level.every((n) => n === 0);
  }

  /** Whether permits are kept that are not in use. */
  get hasIdle(): boolean {
    return this.#level.some((level, i) => level > (this.inUse[i] ?? 0));
  }

  /** Whether permits have become free that the limiter takes for being in use. */
  get hasFreed(): boolean {
    return this.#told.some((told, i) => (this.inUse[i] ?? 0) < told);
  }

  canTake(index: number, amount: number): boolean {
    return (this.inUse[index] ?? 0) + amount <= (this.#level[index] ?? 0);
  }

  take(index: number, amount: number): number {
    return (this.inUse[index] = (this.inUse[index] ?? 0) + amount);
  }

  release(index: number, amount: number): void {
    if ((this.inUse[index] ?? 0) > (this.#level[index] ?? 0)) this.hasOthers = true;
    this.inUse[index] = Math.max(0, (this.inUse[index] ?? 0) - amount);
  }

  setLevels(levels: readonly number[]): void {
    levels.forEach((level, i) => (this.#level[i] = level));
  }

  /** Gives up what is neither in use nor needed besides; returns what is left. */
  keepOnly(needed: (index: number) => number): number[] {
    this.hasOthers = false;
    this.#told = [...this.inUse];
    return this.inUse.map((inUse, i) => {
      this.#level[i] = Math.min(this.#level[i] ?? 0, inUse + needed(i));
      return Math.max(inUse, this.#level[i] ?? 0);
    });
  }

  /** Gives up everything, whatever is in use. */
  revoke(): void {
    this.#level.fill(0);
    this.inUse.fill(0);
  }
}
