import { MOST_AMOUNT } from '../checks/numbers-check';
import type { Capacity, Kept } from '../ledger/capacity';
import { ClockSync, onOwnClock, type LimiterClock } from './clock-sync';
import { givesBack, type LimitDefinition, type SetDefinition } from '../definition/definition';
import { summariseDemand, type TimedQueue } from './demand';
import { Excess } from './excess';
import { Exchange, type LeaseIdentity } from './exchange';
import { LotPool } from './lot-pool';
import { RecentUsage } from './recent-usage';
import { answersMatter } from '../protocol/arrival';
import { couldCarry, pacingOf, type Pacing } from '../protocol/pacing';
import { PermitHoldings } from './permit-holdings';
import { ReportedState, type SyncUrgency } from './reported-state';
import { RefundLog } from './refund-log';
import { UsageLog, type Turn } from './usage-log';
import { answeredRows, demandRow, refundRow, usageRow } from '../protocol/codec';
import { signatureOf, type Shortage } from '../waiting/signature-queues';
import type { Push, Sync } from '../protocol/wire';
import { at, sum, zeros, type Vector } from '../vector/vector';

/** Part of a lease that clocks may disagree on while it runs. */
const DRIFT_SHARE = 1e-3;

/**
 * What a process may use of a shared limit set, and what it has to report of that. The client's half of the protocol; the
 * limiter's half is the allocator.
 *
 * S1. A unit is started only within its lot's interval on the limiter's clock, whatever the local clock says: not before
 *     the beginning by the earliest reading, not after the end by the latest.
 * S2. Every granted unit ends as used or returned, once; both totals only grow.
 * S3. Permits in use never rise above the newest cap heard, nor above what the last sync said would be kept, nor once
 *     the newest sync that certainly arrived is a lease old: the limiter may have given them to others then.
 */
export class Lease implements Capacity {
  readonly keepsBack = true;
  pacing: Pacing;
  /** Called whenever something has been taken; the listener then reports the turns of the event loop. */
  onTake: (() => void) | undefined;
  /** The sync that continued the lease after it had run out; 0 if none has. */
  #continuedBy = 0;
  readonly #exchange: Exchange;
  readonly #isResource: readonly boolean[];
  readonly #givesBack: readonly boolean[];
  readonly #lots: LotPool;
  readonly #clockSync = new ClockSync();
  readonly #log: UsageLog;
  readonly #answersMatter: boolean;
  readonly #usage: RecentUsage;
  readonly #reported: ReportedState;
  readonly #permits: PermitHoldings;
  readonly #refunds: RefundLog;
  readonly #excess: Excess;
  #holdingMs = 0;
  /** So long after its start a unit counts. */
  #guardMs: number;
  /** Signatures of the requests that wait for units which are not to be had for long. */
  #heldUp: readonly number[] = [];
  /** Whether the limiter could hand something out again that it does not know of. */
  #unreported = false;

  constructor(
    readonly definition: SetDefinition,
    readonly identity: LeaseIdentity,
    /** Permits that are in use already, taken over from an earlier lease. */
    inUse: Vector = [],
  ) {
    const { limits } = definition;
    this.pacing = pacingOf(definition, 0);
    this.#guardMs = definition.timing.guardMs;
    this.#exchange = new Exchange(definition, identity);
    this.#isResource = limits.map(({ kind }) => kind === 'resource');
    this.#givesBack = limits.map(givesBack);
    this.#lots = new LotPool(limits.length);
    this.#log = new UsageLog(limits.length);
    this.#answersMatter = answersMatter(definition);
    this.#usage = new RecentUsage(this.#isResource, this.pacing.soonMs);
    this.#reported = new ReportedState(this.#isResource);
    this.#permits = new PermitHoldings(limits.map((_, i) => at(inUse, i)));
    this.#refunds = new RefundLog(limits.length);
    this.#excess = new Excess(limits.length);
  }

  nextFencingToken(): number {
    return this.#exchange.nextFencingToken();
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

  /** Whether a silent process would lose something: permits in use or kept, or units. */
  get holdsAnything(): boolean {
    return !this.#permits.isEmpty || !this.#lots.empty;
  }

  /** Until when the limiter certainly keeps the permits for this process. Unit: milliseconds of the process's clock. */
  get validUntil(): number {
    return this.#clockSync.renewedAt + this.definition.timing.leaseMs * (1 - DRIFT_SHARE);
  }

  get renewalMs(): number {
    return this.definition.timing.leaseMs / 3;
  }

  get limiterClock(): LimiterClock {
    return this.#clockSync.clock;
  }

  isOver(now: number): boolean {
    return this.registered && now > this.validUntil;
  }

  readyAt(amounts: Vector, now: number): number {
    this.#expire(now);
    let notBefore = -Infinity;
    for (let i = 0; i < amounts.length; i += 1) {
      const amount = at(amounts, i);
      if (amount > 0) notBefore = Math.max(notBefore, this.#notBefore(i, amount, now));
    }
    return this.#onClock(notBefore, now);
  }

  readyAtOne(index: number, amount: number, now: number): number {
    this.#expire(now);
    return this.#onClock(this.#notBefore(index, amount, now), now);
  }

  /** When so much of one limit may be taken, on the limiter's clock; `Infinity` if that is not known. */
  #notBefore(index: number, amount: number, now: number): number {
    if (this.#isResource[index] !== true) return this.#lots.notBefore(index, amount);
    return now <= this.validUntil && this.#permits.canTake(index, amount) ? -Infinity : Infinity;
  }

  #onClock(notBefore: number, now: number): number {
    return onOwnClock(notBefore, now, this.limiterClock);
  }

  available(index: number, now: number): number {
    this.#expire(now);
    if (this.#isResource[index] !== true) return this.#lots.total(index);
    return now <= this.validUntil ? this.#permits.idle(index) : 0;
  }

  keeps(signature: number, lacking: number, amounts: Vector): Kept {
    const isGranted =
      !this.#hasUnits(lacking) && amounts.every((amount, i) => amount === 0 || this.#couldUse(i, amount));
    if (isGranted) return 'all';
    return this.#heldUp.includes(signature) ? 'nothing' : 'permits';
  }

  /** Whether the limiter takes the permits here for enough, one after the other; if not, it has granted no units for them. */
  #couldUse(index: number, amount: number): boolean {
    if (this.#isResource[index] !== true) return true;
    const use = { cap: at(this.#permits.cap, index), inUse: at(this.inUse, index), holdingMs: this.#holdingMs };
    return couldCarry(use, amount, 0, this.pacing);
  }

  take(amounts: Vector, now: number): void {
    const signature = signatureOf(amounts);
    this.#reported.passed(signature);
    const turn = this.turnNow;
    if (this.#hasUnits(signature)) turn.begin(now);
    for (let i = 0; i < amounts.length; i += 1) {
      const amount = at(amounts, i);
      if (amount === 0) continue;
      this.#reported.started(i, amount);
      if (this.#isResource[i] === true) {
        this.#usage.inUse(i, this.#permits.take(i, amount), now);
      } else {
        this.#lots.take(i, amount);
        this.#usage.started(i, amount, now);
        turn.take(i, amount);
      }
    }
    this.onTake?.();
  }

  get turnNow(): Turn {
    return this.#log.turnNow;
  }

  answered(amounts: Vector, turn: Turn | undefined, now: number): void {
    if (this.#hasUnits(signatureOf(amounts))) turn?.answered(this.limiterClock.latest(now));
  }

  settle(index: number, taken: number, used: number, turn: Turn | undefined): void {
    if (used > taken) this.#excess.add(index, used - taken);
    else if (used < taken && this.#givesBack[index] === true && turn !== undefined)
      this.#refunds.add(turn, index, taken - used);
    else return;
    this.#unreported = true;
  }

  takeUntold(): Vector {
    return this.#excess.takeUntold();
  }

  release(amounts: Vector): void {
    amounts.forEach((amount, i) => {
      if (amount > 0 && this.#isResource[i] === true) this.#permits.release(i, amount);
    });
  }

  /** Whether units were taken that the process may not have had the time to start. */
  get isStarting(): boolean {
    return this.#log.isStarting;
  }

  /** The process has had a turn to start what it took. */
  turn(now: number): void {
    this.#log.turn(this.#clockSync.clock.latest(now));
  }

  /** An acquisition was held for so long; the limiter is asked for what such a pace could start. */
  observeHolding(heldMs: number): void {
    this.#holdingMs = this.#holdingMs === 0 ? heldMs : this.#holdingMs * 0.8 + heldMs * 0.2;
  }

  /** How soon the limiter should hear of what there is to report. `waiting` is how many wait, `shortages` what their heads lack. */
  urgency(waiting: number, _arrivals: number, shortages: readonly Shortage[]): SyncUrgency {
    if (shortages.some(({ lacking }) => this.#hasUnits(lacking))) this.#usage.lacked();
    if (this.#permits.hasOthers) return 'urgent';
    // one that has introduced itself is waiting for the answer already
    if (!this.registered && waiting === 0 && this.#excess.isTold) return 'none';
    if (!this.registered) return this.#exchange.hasBegun ? 'soon' : 'urgent';
    if (waiting > 0 && this.#reported.isOutdated(this.#lots, this.#permits, shortages)) return 'urgent';
    if (this.#unreported && waiting > 0) return 'awaited';
    if (this.#unreported || (waiting === 0 && (this.#permits.hasIdle || !this.#lots.empty))) return 'soon';
    return waiting === this.#reported.waiting && this.#log.isReported ? 'none' : 'later';
  }

  /** The whole state, to be sent now. Units and permits that are idle and not soon needed go back with it. */
  compose(queues: Iterable<TimedQueue>, now: number, reply: boolean): Sync {
    this.#expire(now);
    const [{ clock }, limits] = [this.#clockSync, this.definition.limits.length];
    const demand = summariseDemand(queues, limits, (since) => (clock.known ? clock.earliest(since) : 0));
    const { entries, totals, complete } = demand;
    const ahead = complete ? this.#ahead(totals, now) : zeros(limits);
    const needed = sum(totals, ahead);
    if (complete) this.#lots.returnSurplus(needed);
    const keep = this.#permits.keepOnly(needed);
    this.#reported.report(demand, this.inUse);
    const head = this.#exchange.next();
    // first, as it may report starts as of later moments than before
    const used = this.#log.seal(head.seq);
    const guards = { guardMs: this.#guardMs, earlierMs: this.#answersMatter ? this.definition.timing.guardMs : 0 };
    const { refunded, refunds } = this.#refunds.seal(clock, now, guards, head.seq);
    this.#unreported = this.#refunds.isMaturing;
    this.#clockSync.sent(head.seq, now);
    return {
      ...head,
      used: used.map(usageRow),
      ...(this.#answersMatter && answeredRows(used)),
      starting: this.#log.starting,
      returned: [...this.#lots.returned],
      refunded,
      refunds: refunds.map(refundRow),
      excess: this.#excess.tell(head.seq, this.registered),
      inUse: [...this.inUse],
      keep,
      holdingMs: Math.ceil(this.#holdingMs),
      demand: entries.map(demandRow),
      ahead,
      reply,
    };
  }

  isReopened(push: Push): boolean {
    return this.#exchange.isReopened(push);
  }

  /** Takes over a newer push; an older or repeated one changes nothing but the reading of the clock. Says whether it was newer. */
  apply(push: Push, now: number): boolean {
    this.#clockSync.heard(push, now);
    this.#acknowledge(push.ack);
    if (push.ack < this.#continuedBy) return false;
    const grants = this.#exchange.hear(push);
    if (grants === undefined) return false;
    this.#excess.answered(push.ack);
    this.pacing = pacingOf(this.definition, push.lagMs ?? 0);
    this.#usage.spanMs = this.pacing.soonMs;
    this.#permits.setCap(push.levels);
    this.#heldUp = push.heldUp ?? [];
    this.#guardMs = push.guardMs ?? this.definition.timing.guardMs;
    for (const grant of grants) this.#lots.add(grant);
    this.#reported.answered(push.more, this.#lots);
    return true;
  }

  turnedAway(): void {
    // it introduces itself whenever it speaks, until it is answered
  }

  /** Gives up everything, whatever is in use. */
  revoke(): void {
    this.#permits.revoke();
  }

  /** A sync is known to have arrived, or to be stored where the limiter will read it before it gives anything away. */
  delivered(seq: number, now: number): void {
    // until then it may have been closed: what was pushed before may be others' by now, and comes too late
    if (this.isOver(now)) this.#continuedBy = seq;
    this.#clockSync.delivered(seq);
    this.#acknowledge(seq);
  }

  /**
   * What would be good to have besides what waits. Where it hears late of what it reports, as much more as its permits could
   * carry until then: what waits now is a sample of what will.
   */
  #ahead(totals: Vector, now: number): number[] {
    const ahead = this.#usage.ahead(totals, this.inUse, now);
    const times = this.#holdingMs === 0 ? 0 : Math.floor(this.pacing.lateMs / this.#holdingMs);
    const mostOf = (amount: number, i: number): number =>
      this.#isResource[i] === true ? amount : Math.max(amount, times * at(totals, i));
    return ahead.map((amount, i) => Math.min(mostOf(amount, i), MOST_AMOUNT));
  }

  /** Whether a rate limit is among these, a bit each. */
  #hasUnits(limits: number): boolean {
    for (let i = 0; i < this.#isResource.length; i += 1)
      if (this.#isResource[i] !== true && (limits & (1 << i)) !== 0) return true;
    return false;
  }

  #acknowledge(seq: number): void {
    this.#log.acknowledge(seq);
    this.#refunds.acknowledge(seq);
  }

  #expire(now: number): void {
    if (this.#lots.expire(this.#clockSync.clock.latest(now))) this.#unreported = true;
  }
}
