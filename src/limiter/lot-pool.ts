interface Lot {
  readonly notBefore: number;
  readonly notAfter: number;
  /** What is left of each limit's units. */
  readonly left: number[];
}

/** Rounding of sums of fractions, relative to the amounts summed. */
const ROUNDING = 1e-9;

/** Granted units that have not been started: lots, oldest first, each with the interval in which it may be used. */
export class LotPool {
  #lots: Lot[] = [];
  readonly #totals: number[];
  /** Units in all that will not be started. */
  readonly returned: number[];

  constructor(readonly limits: number) {
    this.#totals = new Array<number>(limits).fill(0);
    this.returned = new Array<number>(limits).fill(0);
  }

  get empty(): boolean {
    return this.#lots.length === 0;
  }

  /** Units of one limit, whether their interval has begun or not. */
  total(index: number): number {
    return this.#totals[index] ?? 0;
  }

  add(notBefore: number, notAfter: number, amounts: readonly number[]): void {
    const left = Array.from({ length: this.limits }, (_, i) => amounts[i] ?? 0);
    this.#lots.push({ notBefore, notAfter, left });
    left.forEach((amount, i) => (this.#totals[i] = this.total(i) + amount));
  }

  /** When so many units of one limit may be started, on the limiter's clock; `Infinity` if there are not so many. */
  notBefore(index: number, amount: number): number {
    let missing = amount * (1 - ROUNDING);
    let at = -Infinity;
    for (const lot of this.#lots) {
      const units = lot.left[index] ?? 0;
      if (units === 0) continue;
      at = Math.max(at, lot.notBefore);
      missing -= units;
      if (missing <= 0) return at;
    }
    return Infinity;
  }

  /** Takes units of one limit, oldest lots first. */
  take(index: number, amount: number): void {
    let missing = amount;
    for (const lot of this.#lots) {
      if (missing <= 0) break;
      const units = Math.min(missing, lot.left[index] ?? 0);
      lot.left[index] = (lot.left[index] ?? 0) - units;
      missing -= units;
    }
    this.#totals[index] = Math.max(0, this.total(index) - amount);
    this.#drop();
  }

  /** Returns the lots whose interval is over. Says whether there were any. */
  expire(now: number): boolean {
    let found = false;
    for (const lot of this.#lots) {
      if (lot.notAfter >= now) continue;
      found = true;
      lot.left.forEach((units, i) => {
        this.#giveBack(lot, i, units);
      });
    }
    if (found) this.#drop();
    return found;
  }

  /** Returns what exceeds the wanted totals, newest lots first. */
  returnSurplus(wanted: readonly number[]): void {
    for (let i = 0; i < this.limits; i += 1) {
      let surplus = this.total(i) - (wanted[i] ?? 0);
      if (surplus <= this.total(i) * ROUNDING) continue;
      for (let k = this.#lots.length - 1; k >= 0 && surplus > 0; k -= 1) {
        const lot = this.#lots[k];
        if (lot === undefined) break;
        const units = Math.min(surplus, lot.left[i] ?? 0);
        this.#giveBack(lot, i, units);
        surplus -= units;
      }
    }
    this.#drop();
  }

  #giveBack(lot: Lot, index: number, units: number): void {
    lot.left[index] = (lot.left[index] ?? 0) - units;
    this.#totals[index] = Math.max(0, this.total(index) - units);
    this.returned[index] = (this.returned[index] ?? 0) + units;
  }

  #drop(): void {
    if (this.#lots.some(isSpent)) this.#lots = this.#lots.filter((lot) => !isSpent(lot));
    if (this.#lots.length === 0) this.#totals.fill(0);
  }
}

const isSpent = (lot: Lot): boolean => lot.left.every((units) => units === 0);
