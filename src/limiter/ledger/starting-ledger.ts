import type { LimitDefinition } from '../definition/definition';
import { addAt, at, zeros, type Vector } from '../vector/vector';
import type { Capacity, Kept } from './capacity';
import type { Ledger } from './ledger';
import { Turns } from './turns';

/** What was taken in one turn of the process, and so counts as started at one moment. */
export class Starts {
  readonly #units: number[];
  #isUsed = false;
  /** When it counts as started; `Infinity` before that is known. Unit: milliseconds of the ledger's clock. */
  at = Infinity;

  constructor(limits: number) {
    this.#units = zeros(limits);
  }

  get units(): Vector {
    return this.#units;
  }

  /** Whether anything was taken. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** Units of one limit were taken. */
  add(index: number, units: number): void {
    this.#isUsed = true;
    addAt(this.#units, index, units);
  }

  /** Some of them were not needed. */
  takeOff(index: number, units: number): void {
    // adding and taking away fractions leaves a residue, which must not be given back
    this.#units[index] = Math.max(0, at(this.#units, index) - units);
  }
}

/**
 * A ledger whose units count as started once their process has had the turns to send what they are for, as with a lease,
 * and a guard after that. Until then they are held: they count in full and do not recover.
 */
export class StartingLedger implements Capacity {
  /** Called whenever units have been taken; the listener then tells of the turns that the process has. */
  onTake: (() => void) | undefined;
  /** When something was last taken. */
  takenAt = -Infinity;
  readonly #isResource: readonly boolean[];
  readonly #turns: Turns<Starts>;

  /** @param guardMs How wide the guard is; asked anew each time, as it narrows. */
  constructor(
    readonly ledger: Ledger,
    readonly guardMs: (now: number) => number,
  ) {
    this.#isResource = ledger.definitions.map(({ kind }) => kind === 'resource');
    this.#turns = new Turns(() => new Starts(ledger.definitions.length));
  }

  get definitions(): readonly LimitDefinition[] {
    return this.ledger.definitions;
  }

  /** To which belongs what is taken now. */
  get startsNow(): Starts {
    return this.#turns.present;
  }

  /** Whether units have been taken that do not count as started yet. */
  get isStarting(): boolean {
    return this.#turns.isPending;
  }

  readyAt(amounts: Vector, now: number): number {
    return amounts.reduce(
      (last, amount, i) => (amount > 0 ? Math.max(last, this.readyAtOne(i, amount, now)) : last),
      now,
    );
  }

  /** Where held units are in the way, it is a forecast: {@link Ledger.readyOnceStarted}. */
  readyAtOne(index: number, amount: number, now: number): number {
    const readyAt = this.ledger.readyAtOne(index, amount, now);
    return readyAt === Infinity ? this.ledger.readyOnceStarted(index, amount, now) : readyAt;
  }

  available(index: number, now: number): number {
    return this.ledger.available(index, now);
  }

  keeps(): Kept {
    return 'all';
  }

  take(amounts: Vector, now: number): void {
    this.takenAt = now;
    const starts = this.#turns.present;
    for (let i = 0; i < amounts.length; i += 1) {
      const amount = at(amounts, i);
      if (amount === 0) continue;
      this.ledger.hold(i, amount);
      if (this.#isResource[i] !== true) starts.add(i, amount);
    }
    if (starts.isUsed) this.onTake?.();
  }

  /** Settles what was taken of one rate limit among these starts. */
  settle(starts: Starts, index: number, taken: number, used: number, now: number): void {
    const returned = this.ledger.settle(index, taken, used, now, { from: starts.at, to: starts.at });
    if (starts.at === Infinity) starts.takeOff(index, returned);
  }

  release(amounts: Vector): void {
    this.ledger.release(amounts);
  }

  /** The process has had a turn. */
  turn(now: number): void {
    const sent = this.#turns.pass();
    if (sent === undefined) return;
    sent.at = now + this.guardMs(now);
    this.ledger.landAll(sent.units, sent.at, now);
  }
}
