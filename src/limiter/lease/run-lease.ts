import type { Capacity, Kept } from '../ledger/capacity';
import { givesBack, type LimitDefinition, type SetDefinition } from '../definition/definition';
import { summariseDemand, type TimedQueue } from './demand';
import type { LimiterClock } from './clock-sync';
import { Excess } from './excess';
import { Exchange, type LeaseIdentity } from './exchange';
import { pacingOf, type Pacing } from '../protocol/pacing';
import { PermitHoldings } from './permit-holdings';
import type { SyncUrgency } from './reported-state';
import { demandRow, usageRow } from '../protocol/codec';
import type { Push, Sync } from '../protocol/wire';
import { addAt, addTo, at, exceeds, isZero, ROUNDING, zeros, type Vector } from '../vector/vector';

/** Started by now, whenever the limiter reads it. */
const BY_NOW = Number.MAX_SAFE_INTEGER;
/** A run's time is the server's, as the limiter's is. */
const SAME_CLOCK: LimiterClock = { earliest: (moment) => moment, latest: (moment) => moment };

/**
 * What a workflow run may use of a shared limit set. A run has no clock of its own and sets no timers, so:
 *
 * R1. What it is granted may be started at once, and stays granted until the run reports its end, or is closed.
 * R2. Units count as started when their acquisition ends. What comes before, from the grant on, holds them in full; so
 *     it does not matter when between the two a provider sees them.
 * R3. Everything is reported in the activation in which it happens: nothing would wake the run to report it later.
 */
export class RunLease implements Capacity {
  readonly keepsBack = false;
  readonly limiterClock = SAME_CLOCK;
  /** Silence costs a run nothing. */
  readonly holdsAnything = false;
  readonly validUntil = Infinity;
  readonly renewalMs = Infinity;
  readonly pacing: Pacing;
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
  readonly #excess: Excess;
  /** How many were reported to be waiting, how many of those still do, whether more did, and who came last. */
  #reported = { count: 0, left: 0, complete: true, arrivals: 0 };
  /** Whether something has ended that the limiter does not know of. */
  #unreported = false;
  /** Whether it has sent its last sync. */
  #ended = false;
  /** Acquisitions that have not ended. */
  #open = 0;

  constructor(
    readonly definition: SetDefinition,
    readonly identity: LeaseIdentity,
    /** Permits that are in use already, taken over from an earlier lease. */
    inUse: Vector = [],
  ) {
    const { limits } = definition;
    this.pacing = pacingOf(definition, 0);
    this.#exchange = new Exchange(definition, identity);
    this.#isResource = limits.map(({ kind }) => kind === 'resource');
    this.#givesBack = limits.map(givesBack);
    this.#permits = new PermitHoldings(limits.map((_, i) => at(inUse, i)));
    this.#free = zeros(limits.length);
    this.#taken = zeros(limits.length);
    this.#used = zeros(limits.length);
    this.#returned = zeros(limits.length);
    this.#excess = new Excess(limits.length);
  }

  get definitions(): readonly LimitDefinition[] {
    return this.definition.limits;
  }

  get inUse(): Vector {
    return this.#permits.inUse;
  }

  get registered(): boolean {
    return this.#exchange.registered;
  }

  get isOutgrown(): boolean {
    return this.registered && (this.#exchange.isOutgrown || this.#excess.isFull);
  }

  isOver(): boolean {
    return this.#ended;
  }

  nextFencingToken(): number {
    return this.#exchange.nextFencingToken();
  }

  readyAt(amounts: Vector, now: number): number {
    return amounts.every((amount, i) => this.#isFree(i, amount)) ? now : Infinity;
  }

  readyAtOne(index: number, amount: number, now: number): number {
    return this.#isFree(index, amount) ? now : Infinity;
  }

  available(index: number): number {
    return this.#isResource[index] === true ? this.#permits.idle(index) : at(this.#free, index);
  }

  /** What comes is meant for those that the limiter let start. */
  keeps(): Kept {
    return 'nothing';
  }

  #isFree(index: number, amount: number): boolean {
    if (amount === 0) return true;
    if (this.#isResource[index] === true) return this.#permits.canTake(index, amount);
    return at(this.#free, index) >= amount * (1 - ROUNDING);
  }

  take(amounts: Vector): void {
    this.#reported.left = Math.max(0, this.#reported.left - 1);
    this.#open += 1;
    amounts.forEach((amount, i) => {
      if (amount === 0) return;
      if (this.#isResource[i] === true) this.#permits.take(i, amount);
      else {
        this.#free[i] = Math.max(0, at(this.#free, i) - amount);
        addAt(this.#taken, i, amount);
      }
    });
  }

  /** Units that were not used go back as if they had never been granted, where the algorithm gives such back at all. */
  settle(index: number, taken: number, used: number): void {
    if (used > taken) this.#excess.add(index, used - taken);
    else if (this.#givesBack[index] === true) {
      addAt(this.#returned, index, taken - used);
      addAt(this.#used, index, used - taken);
    }
  }

  finish(amounts: Vector): void {
    this.#open -= 1;
    amounts.forEach((amount, i) => {
      if (this.#isResource[i] === true) return;
      const left = Math.max(0, at(this.#taken, i) - amount);
      // what rounding has left is dropped with the last, also where that took nothing: a run that has some never says its last
      const isDropped = this.#open === 0 && left > 0;
      if (amount > 0 || isDropped) this.#unreported = true;
      addAt(this.#used, i, amount);
      this.#taken[i] = isDropped ? 0 : left;
    });
  }

  takeUntold(): Vector {
    return this.#excess.takeUntold();
  }

  release(amounts: Vector): void {
    amounts.forEach((amount, i) => {
      if (amount > 0 && this.#isResource[i] === true) this.#permits.release(i, amount);
    });
  }

  observeHolding(): void {
    // what a run holds, it holds for as long as it takes: nothing can be predicted from it
  }

  urgency(waiting: number, arrivals: number): SyncUrgency {
    // one that takes another's place says so: under the old definition nothing can be reported any more
    if (!this.#exchange.hasBegun && this.identity.replaces !== undefined) return 'urgent';
    if (!this.#exchange.hasBegun || this.#ended) return waiting > 0 ? 'urgent' : 'none';
    const { count, left, complete } = this.#reported;
    // one that gave up and one that came leave as many as before, but not the same
    const isOther = waiting !== left || (left > 0 && arrivals !== this.#reported.arrivals);
    const isOutdated = (complete ? isOther : waiting < left) || (left > 0 && 2 * left < count);
    const isIdle = this.#permits.hasIdle || this.#free.some((units) => units > 0);
    return this.#unreported || this.#permits.hasOthers || isOutdated || isIdle ? 'urgent' : 'none';
  }

  compose(queues: Iterable<TimedQueue>, _now: number, reply: boolean, arrivals: number): Sync {
    const demand = summariseDemand(queues, this.definition.limits.length, (since) => since);
    const { entries, complete } = demand;
    this.#returnUnstarted();
    const none = zeros(this.definition.limits.length);
    const keep = this.#permits.keepOnly(none);
    this.#reported = { count: demand.waiting, left: demand.waiting, complete, arrivals };
    this.#unreported = false;
    this.#ended = entries.length === 0 && isZero(keep) && isZero(this.#free) && isZero(this.#taken);
    const head = this.#exchange.next();
    return {
      ...head,
      used: [usageRow({ at: BY_NOW, totals: this.#used })],
      starting: [...this.#taken],
      returned: [...this.#returned],
      refunded: none,
      refunds: [],
      excess: this.#excess.tell(head.seq, this.registered),
      inUse: [...this.inUse],
      keep,
      holdingMs: 0,
      demand: entries.map(demandRow),
      ahead: none,
      reply,
      ...(this.#ended ? { ends: true } : {}),
    };
  }

  isReopened(push: Push): boolean {
    return this.#exchange.isReopened(push);
  }

  /** Takes over a newer push. It came as a signal, which the limiter knows to have arrived: nothing has to confirm it. */
  apply(push: Push): boolean {
    // what comes after its last word has been given back with it
    const grants = this.#ended ? undefined : this.#exchange.hear(push);
    if (grants !== undefined) this.#excess.answered(push.ack);
    if (grants === undefined) return false;
    // others wait for what it may have no longer
    if (exceeds(this.#permits.cap, push.levels)) this.#unreported = true;
    this.#permits.setCap(push.levels);
    for (const { amounts } of grants) addTo(this.#free, amounts);
    return false;
  }

  turnedAway(): void {
    this.#reported = { count: 0, left: 0, complete: true, arrivals: 0 };
  }

  delivered(): void {
    // the limiter reads what is reported in totals: nothing is kept until it has
  }

  revoke(): void {
    this.#permits.revoke();
  }

  /**
   * What could be started has been by now. The rest is too little for the next request: kept until more comes, it could be
   * what a request further ahead still needs, and both would wait forever.
   */
  #returnUnstarted(): void {
    addTo(this.#returned, this.#free);
    this.#free.fill(0);
  }
}
