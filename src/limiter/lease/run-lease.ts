import type { Capacity } from '../ledger/capacity';
import { givesBack, type LimitDefinition, type SetDefinition } from '../definition/definition';
import { summariseDemand, type TimedWaiting } from './demand';
import { Exchange, type LeaseIdentity } from './exchange';
import { PermitHoldings } from './permit-holdings';
import type { SyncUrgency } from './reported-state';
import type { Push, Sync } from '../protocol/wire';

/** Started by now, whenever the limiter reads it. */
const BY_NOW = Number.MAX_SAFE_INTEGER;
/** Rounding of sums of fractions, relative to the sums. */
const ROUNDING = 1e-9;

/**
 * What a workflow run may use of a shared limit set. A run has no clock of its own and sets no timers, so:
 *
 * R1. What it is granted may be started at once, and stays granted until the run says what became of it, or is closed.
 * R2. Units count as started when their acquisition ends. What comes before, from the grant on, holds them in full; so
 *     it does not matter when between the two a provider sees them.
 * R3. Everything is told in the activation in which it happens: nothing would wake the run to tell it later.
 */
export class RunLease implements Capacity {
  /** Silence costs a run nothing. */
  readonly holdsAnything = false;
  readonly validUntil = Infinity;
  readonly renewalMs = Infinity;
  readonly #exchange: Exchange;
  readonly #permits: PermitHoldings;
  readonly #isResource: readonly boolean[];
  readonly #givesBack: readonly boolean[];
  /** Units that may be taken. */
  readonly #free: number[];
  /** Units taken by acquisitions that have not ended. */
  readonly #taken: number[];
  readonly #used: number[];
  readonly #returned: number[];
  readonly #excess: number[];
  /** How many the limiter was told to be waiting, how many of those still do, whether more did, and who came last. */
  #told = { count: 0, left: 0, complete: true, arrivals: 0 };
  /** Whether something has ended that the limiter does not know of. */
  #unreported = false;
  /** Whether it has told its last. */
  #ended = false;
  /** Acquisitions that have not ended. */
  #open = 0;

  constructor(
    readonly definition: SetDefinition,
    readonly identity: LeaseIdentity,
    /** Permits that are in use already, taken over from an earlier lease. */
    inUse: readonly number[] = [],
  ) {
    const { limits } = definition;
    const zeros = (): number[] => limits.map(() => 0);
    this.#exchange = new Exchange(definition, identity);
    this.#isResource = limits.map(({ kind }) => kind === 'resource');
    this.#givesBack = limits.map(givesBack);
    this.#permits = new PermitHoldings(limits.map((_, i) => inUse[i] ?? 0));
    this.#free = zeros();
    this.#taken = zeros();
    this.#used = zeros();
    this.#returned = zeros();
    this.#excess = zeros();
  }

  get definitions(): readonly LimitDefinition[] {
    return this.definition.limits;
  }

  get inUse(): readonly number[] {
    return this.#permits.inUse;
  }

  get registered(): boolean {
    return this.#exchange.registered;
  }

  isOver(): boolean {
    return this.#ended;
  }

  nextFencingToken(): number {
    return this.#exchange.nextFencingToken();
  }

  readyAt(amounts: readonly number[], now: number): number {
    return amounts.every((amount, i) => this.#isFree(i, amount)) ? now : Infinity;
  }

  readyAtOne(index: number, amount: number, now: number): number {
    return this.#isFree(index, amount) ? now : Infinity;
  }

  covers(amounts: readonly number[]): boolean {
    return amounts.every((amount, i) => this.#isResource[i] === true || this.#isFree(i, amount));
  }

  #isFree(index: number, amount: number): boolean {
    if (amount === 0) return true;
    if (this.#isResource[index] === true) return this.#permits.canTake(index, amount);
    return (this.#free[index] ?? 0) >= amount * (1 - ROUNDING);
  }

  take(amounts: readonly number[]): void {
    this.#told.left = Math.max(0, this.#told.left - 1);
    this.#open += 1;
    amounts.forEach((amount, i) => {
      if (amount === 0) return;
      if (this.#isResource[i] === true) this.#permits.take(i, amount);
      else {
        this.#free[i] = Math.max(0, (this.#free[i] ?? 0) - amount);
        add(this.#taken, i, amount);
      }
    });
  }

  /** Units that were not used go back as if they had never been granted, where the algorithm gives such back at all. */
  settle(index: number, taken: number, used: number): void {
    if (used > taken) add(this.#excess, index, used - taken);
    else if (this.#givesBack[index] === true) {
      add(this.#returned, index, taken - used);
      add(this.#used, index, used - taken);
    }
  }

  finish(amounts: readonly number[]): void {
    this.#open -= 1;
    amounts.forEach((amount, i) => {
      if (this.#isResource[i] === true) return;
      const left = Math.max(0, (this.#taken[i] ?? 0) - amount);
      // what rounding has left is dropped with the last, also where that took nothing: a run that has some never says its last
      const isDropped = this.#open === 0 && left > 0;
      if (amount > 0 || isDropped) this.#unreported = true;
      add(this.#used, i, amount);
      this.#taken[i] = isDropped ? 0 : left;
    });
  }

  release(amounts: readonly number[]): void {
    amounts.forEach((amount, i) => {
      if (amount > 0 && this.#isResource[i] === true) this.#permits.release(i, amount);
    });
  }

  observeHolding(): void {
    // what a run holds, it holds for as long as it takes: nothing is foretold from it
  }

  news(waiting: number, arrivals: number): SyncUrgency {
    // one that takes another's place says so: under the old definition nothing can be told any more
    if (!this.#exchange.hasBegun && this.identity.replaces !== undefined) return 'urgent';
    if (!this.#exchange.hasBegun || this.#ended) return waiting > 0 ? 'urgent' : 'none';
    const { count, left, complete } = this.#told;
    // one that gave up and one that came leave as many as before, but not the same
    const isOther = waiting !== left || (left > 0 && arrivals !== this.#told.arrivals);
    const isOutdated = (complete ? isOther : waiting < left) || (left > 0 && 2 * left < count);
    const isIdle = this.#permits.hasIdle || this.#free.some((units) => units > 0);
    return this.#unreported || this.#permits.hasOthers || isOutdated || isIdle ? 'urgent' : 'none';
  }

  compose(waiting: Iterable<TimedWaiting>, _now: number, reply: boolean, arrivals: number): Sync {
    const demand = summariseDemand(waiting, this.definition.limits.length, (since) => since);
    const { runs, complete } = demand;
    this.#returnUnstarted();
    const keep = this.#permits.keepOnly(() => 0);
    this.#told = { count: demand.waiting, left: demand.waiting, complete, arrivals };
    this.#unreported = false;
    this.#ended = runs.length === 0 && [...keep, ...this.#free, ...this.#taken].every((amount) => amount === 0);
    const zeros = this.definition.limits.map(() => 0);
    return {
      ...this.#exchange.next(),
      used: [[BY_NOW, ...this.#used]],
      starting: [...this.#taken],
      returned: [...this.#returned],
      refunded: zeros,
      excess: [...this.#excess],
      inUse: [...this.inUse],
      keep,
      holdingMs: 0,
      demand: runs,
      ahead: zeros,
      reply,
      ...(this.#ended ? { ends: true } : {}),
    };
  }

  /** Takes over a newer push. It came as a signal, which the limiter knows to have arrived: nothing has to confirm it. */
  apply(push: Push): boolean {
    // what comes after its last word has been given back with it
    const grants = this.#ended ? undefined : this.#exchange.hear(push);
    if (grants === undefined) return false;
    // others wait for what it may have no longer
    if (push.levels.some((level, k) => level < (this.#permits.levels[k] ?? 0))) this.#unreported = true;
    this.#permits.setLevels(push.levels);
    for (const [, , ...amounts] of grants) amounts.forEach((units, i) => add(this.#free, i, units));
    return false;
  }

  turnedAway(): void {
    this.#told = { count: 0, left: 0, complete: true, arrivals: 0 };
  }

  delivered(): void {
    // the limiter reads what is told it in totals: nothing is kept until it has
  }

  revoke(): void {
    this.#permits.revoke();
  }

  /**
   * What could be started has been by now. The rest is too little for whoever waits: kept until more comes, it could be
   * what somebody further ahead needs to have all, and both would wait for ever.
   */
  #returnUnstarted(): void {
    this.#free.forEach((units, i) => {
      add(this.#returned, i, units);
      this.#free[i] = 0;
    });
  }
}

function add(totals: number[], index: number, amount: number): void {
  totals[index] = (totals[index] ?? 0) + amount;
}
