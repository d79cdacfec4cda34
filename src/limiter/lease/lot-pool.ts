import type { GrantEntry } from '../protocol/codec';
import { addAt, at, ROUNDING, zeros, type Vector } from '../vector/vector';

/** Units of one limit that may be started within an interval. */
interface Lot {
  readonly notBefore: number;
  readonly notAfter: number;
  left: number;
}

/** Spent lots kept at the front before they are cleared away. */
const MAX_SPENT = 64;

/** Granted units of one limit: lots in the order of their intervals, those before `head` spent. */
class LotQueue {
  readonly #lots: Lot[] = [];
  #head = 0;
  total = 0;

  add(notBefore: number, notAfter: number, units: number): void {
    if (units === 0) return;
    let i = this.#lots.length;
    while (i > this.#head && (this.#lots[i - 1]?.notAfter ?? -Infinity) > notAfter) i -= 1;
    this.#lots.splice(i, 0, { notBefore, notAfter, left: units });
    this.total += units;
  }

  notBefore(amount: number): number {
    let missing = amount * (1 - ROUNDING);
    let moment = -Infinity;
    for (let i = this.#head; i < this.#lots.length; i += 1) {
      const lot = this.#lots[i];
      if (lot === undefined) break;
      moment = Math.max(moment, lot.notBefore);
      missing -= lot.left;
      if (missing <= 0) return moment;
    }
    return Infinity;
  }

  /** Takes units, oldest first; says how many there were. */
  take(amount: number): number {
    let missing = amount;
    for (let lot = this.#lots[this.#head]; lot !== undefined && missing > 0; lot = this.#lots[this.#head]) {
      const units = Math.min(missing, lot.left);
      lot.left -= units;
      missing -= units;
      if (lot.left === 0) this.#head += 1;
    }
    this.#tidy(amount);
    return amount - missing;
  }

  /** Takes units, newest first. */
  drop(amount: number): void {
    let surplus = amount;
    for (
      let lot = this.#lots.at(-1);
      lot !== undefined && surplus > 0 && this.#lots.length > this.#head;
      lot = this.#lots.at(-1)
    ) {
      const units = Math.min(surplus, lot.left);
      lot.left -= units;
      surplus -= units;
      if (lot.left === 0) this.#lots.pop();
    }
    this.#tidy(amount);
  }

  /** Units whose interval ended before `now`. */
  expired(now: number): number {
    let units = 0;
    for (let i = this.#head; i < this.#lots.length; i += 1) {
      const lot = this.#lots[i];
      if (lot === undefined || lot.notAfter >= now) break;
      units += lot.left;
    }
    return units;
  }

  #tidy(taken: number): void {
    this.total = Math.max(0, this.total - taken);
    if (this.#head === this.#lots.length) {
      this.#lots.length = 0;
      this.#head = 0;
      this.total = 0; // also drops what rounding had left
    } else if (this.#head > MAX_SPENT) {
      this.#lots.splice(0, this.#head);
      this.#head = 0;
    }
  }
}

/** Granted units that have not been started. Every unit leaves it once: taken, or returned. */
export class LotPool {
  readonly #queues: readonly LotQueue[];
  /** Units in all that will not be started. */
  readonly returned: number[];

  constructor(limits: number) {
    this.#queues = Array.from({ length: limits }, () => new LotQueue());
    this.returned = zeros(limits);
  }

  get empty(): boolean {
    return this.#queues.every((queue) => queue.total === 0);
  }

  /** Units of one limit, whether their interval has begun or not. */
  total(index: number): number {
    return this.#at(index).total;
  }

  add({ notBefore, notAfter, amounts }: GrantEntry): void {
    this.#queues.forEach((queue, i) => queue.add(notBefore, notAfter, at(amounts, i)));
  }

  /** When a number of units of one limit may be started, on the limiter's clock; `Infinity` if there are fewer. */
  notBefore(index: number, amount: number): number {
    return this.#at(index).notBefore(amount);
  }

  /** Takes units of one limit, oldest first. */
  take(index: number, amount: number): void {
    this.#at(index).take(amount);
  }

  /** Returns the units whose interval is over. Says whether there were any. */
  expire(now: number): boolean {
    let found = false;
    this.#queues.forEach((queue, i) => {
      const units = queue.expired(now);
      if (units === 0) return;
      found = true;
      queue.take(units);
      addAt(this.returned, i, units);
    });
    return found;
  }

  /** Returns what exceeds the wanted totals, newest first. */
  returnSurplus(wanted: Vector): void {
    this.#queues.forEach((queue, i) => {
      const surplus = queue.total - at(wanted, i);
      if (surplus <= queue.total * ROUNDING) return;
      queue.drop(surplus);
      addAt(this.returned, i, surplus);
    });
  }

  #at(index: number): LotQueue {
    const queue = this.#queues[index];
    if (queue === undefined) throw new RangeError(`no limit ${index}`);
    return queue;
  }
}
