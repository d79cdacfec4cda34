import type { Capacity } from './capacity';
import { ClockEstimate } from './clock-estimate';
import type { SetDefinition } from './definition';
import { demandRuns, type TimedWaiting } from './demand';
import { LotPool } from './lot-pool';
import { UsageLog } from './usage-log';
import { WIRE_VERSION, type Push, type Sync } from './wire';

/** Who a lease belongs to. */
export interface LeaseIdentity {
  readonly client: string;
  /** Task queue of the push activity; empty for a client that asks by query. */
  readonly queue: string;
  /** The client whose holdings it takes over. */
  readonly replaces?: string | undefined;
}

/** Why a client should write to its limiter: at once, when convenient, or only to be remembered. */
export type News = 'urgent' | 'lazy' | 'none';

const TURNOVER_MAX = 100;
/** Holders told apart under one fencing token of the limiter; exact as a number until the year 2100. */
const HOLDERS_PER_FENCE = 2048;

/**
 * What a process may use of a shared limit set, and what it has to tell of that. The client's half of the protocol; the
 * limiter's half is the allocator.
 *
 * S1. A unit is started only within its lot's interval on the limiter's clock, whatever the local clock says: not before
 *     the beginning by the earliest reading, not after the end by the latest.
 * S2. Every granted unit ends as used or returned, once; both totals only grow.
 * S3. Permits in use never rise above the newest level heard, nor above what the last sync said would be kept.
 */
export class Lease implements Capacity {
  /** The lease that took over what this one held, if any. */
  successor: Lease | undefined;
  readonly #lots: LotPool;
  readonly #clock = new ClockEstimate();
  readonly #log: UsageLog;
  readonly #level: number[];
  readonly #inUse: number[];
  readonly #refunded: number[];
  readonly #excess: number[];
  /** What the limiter knows to be waiting and has not yet been started. */
  #told: number[];
  #seq = 0;
  #seen = 0;
  #seenGrants = 0;
  #fence = 0;
  #holders = 0;
  #holdingMs = 0;
  #unreported = false;
  #overLevel = false;
  /** When the syncs without an answer were sent. */
  readonly #sentAt = new Map<number, number>();

  constructor(
    readonly definition: SetDefinition,
    readonly identity: LeaseIdentity,
    /** Permits that are in use already, taken over from an earlier lease. */
    inUse: readonly number[] = [],
  ) {
    const zeros = (): number[] => definition.limits.map(() => 0);
    this.#lots = new LotPool(definition.limits.length);
    this.#log = new UsageLog(definition.limits.length);
    this.#level = zeros();
    this.#inUse = definition.limits.map((_, i) => inUse[i] ?? 0);
    this.#refunded = zeros();
    this.#excess = zeros();
    this.#told = zeros();
  }

  /** The fencing token of the next holder: the lease's own, and a count within it. */
  nextFencingToken(): number {
    this.#holders = Math.min(this.#holders + 1, HOLDERS_PER_FENCE - 1);
    return this.#fence * HOLDERS_PER_FENCE + this.#holders;
  }

  /** Permits in use, by limit. */
  get inUse(): readonly number[] {
    return this.#inUse;
  }

  /** Whether the limiter has answered. */
  get registered(): boolean {
    return this.#fence > 0;
  }

  /** Number of the newest sync that has been written. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether a silent process would lose something: permits in use or kept, or units. */
  get holdsAnything(): boolean {
    return this.#inUse.some((n) => n > 0) || this.#level.some((n) => n > 0) || !this.#lots.empty;
  }

  readyAt(amounts: readonly number[], now: number): number {
    this.#expire(now);
    let notBefore = -Infinity;
    for (let i = 0; i < amounts.length; i += 1) {
      const amount = amounts[i] ?? 0;
      if (amount === 0) continue;
      if (this.#isResource(i)) {
        if ((this.#inUse[i] ?? 0) + amount > (this.#level[i] ?? 0)) return Infinity;
      } else {
        notBefore = Math.max(notBefore, this.#lots.notBefore(i, amount));
      }
    }
    if (notBefore === Infinity) return Infinity;
    const ahead = notBefore - this.#clock.earliest(now);
    return ahead > 0 ? now + ahead : now;
  }

  take(amounts: readonly number[], now: number): void {
    amounts.forEach((amount, i) => {
      if (amount === 0) return;
      this.#told[i] = Math.max(0, (this.#told[i] ?? 0) - amount);
      if (this.#isResource(i)) this.#inUse[i] = (this.#inUse[i] ?? 0) + amount;
      else this.#lots.take(i, amount);
    });
    this.#log.use(
      this.#clock.latest(now),
      amounts.map((amount, i) => (this.#isResource(i) ? 0 : amount)),
    );
  }

  settle(index: number, taken: number, used: number): void {
    const totals = used < taken ? this.#refunded : this.#excess;
    totals[index] = (totals[index] ?? 0) + Math.abs(taken - used);
    if (used !== taken) this.#unreported = true;
  }

  release(amounts: readonly number[]): void {
    amounts.forEach((amount, i) => {
      if (amount === 0 || !this.#isResource(i)) return;
      if ((this.#inUse[i] ?? 0) > (this.#level[i] ?? 0)) this.#overLevel = true;
      this.#inUse[i] = (this.#inUse[i] ?? 0) - amount;
      this.#unreported = true;
    });
  }

  /** Tells how long an acquisition was held; the limiter is asked for what such a pace could start. */
  observeHolding(heldMs: number): void {
    this.#holdingMs = this.#holdingMs === 0 ? heldMs : this.#holdingMs * 0.8 + heldMs * 0.2;
  }

  /** Whether there is something to tell. `waiting` is how many wait. */
  news(waiting: number): News {
    if (waiting > 0 && (!this.registered || this.#toldIsServed())) return 'urgent';
    if (this.#overLevel) return 'urgent';
    return waiting > 0 || this.#unreported || !this.#log.empty || this.#hasIdle() ? 'lazy' : 'none';
  }

  /** The whole state, to be sent now. Units that nothing waits for, and idle permits, go back with it. */
  compose(waiting: Iterable<TimedWaiting>, now: number, reply: boolean): Sync {
    this.#expire(now);
    const { runs, totals, complete } = demandRuns(waiting, this.definition.limits.length, (since) =>
      this.#clock.known ? this.#clock.earliest(since) : 0,
    );
    if (complete) this.#lots.returnSurplus(totals);
    this.#told = [...totals];
    const keep = this.#inUse.map((inUse, i) => Math.max(inUse, (totals[i] ?? 0) > 0 ? (this.#level[i] ?? 0) : 0));
    keep.forEach((most, i) => (this.#level[i] = Math.min(this.#level[i] ?? 0, most)));
    this.#unreported = false;
    this.#overLevel = false;
    this.#seq += 1;
    this.#sentAt.set(this.#seq, now);
    const { client, queue, replaces } = this.identity;
    return {
      wire: WIRE_VERSION,
      client,
      seq: this.#seq,
      queue,
      fence: this.#fence,
      ...(replaces === undefined ? {} : { replaces }),
      version: this.definition.version,
      ...(this.registered ? {} : { definition: this.definition }),
      seen: this.#seen,
      seenGrants: this.#seenGrants,
      used: this.#log.seal(this.#seq),
      returned: [...this.#lots.returned],
      refunded: [...this.#refunded],
      excess: [...this.#excess],
      inUse: [...this.#inUse],
      keep,
      turnover: this.#turnover(),
      demand: runs,
      reply,
    };
  }

  /** Takes over a newer push; an older or repeated one changes nothing but the reading of the clock. */
  apply(push: Push, now: number): void {
    this.#clock.received(push.now, now);
    const sentAt = this.#sentAt.get(push.ack);
    if (sentAt !== undefined) this.#clock.answered(push.ackAt, sentAt);
    for (const seq of this.#sentAt.keys()) if (seq <= push.ack) this.#sentAt.delete(seq);
    this.#log.acknowledge(push.ack);
    if (push.seq <= this.#seen) return;
    this.#seen = push.seq;
    if (push.fence !== this.#fence) this.#holders = 0;
    this.#fence = push.fence;
    push.levels.forEach((level, i) => (this.#level[i] = level));
    push.grants.forEach(([notBefore, notAfter, ...amounts], k) => {
      const number = push.firstGrant + k;
      if (number <= this.#seenGrants) return;
      this.#seenGrants = number;
      this.#lots.add(notBefore, notAfter, amounts);
    });
  }

  /** Gives up what is not in use and will not be used again. */
  revoke(): void {
    this.#level.fill(0);
    this.#inUse.fill(0);
  }

  /** A sync is known to have arrived. */
  delivered(seq: number): void {
    this.#log.acknowledge(seq);
  }

  #expire(now: number): void {
    if (this.#lots.expire(this.#clock.latest(now))) this.#unreported = true;
  }

  #toldIsServed(): boolean {
    return this.#told.every((amount, i) =>
      this.#isResource(i)
        ? (this.#inUse[i] ?? 0) + amount <= (this.#level[i] ?? 0)
        : amount <= this.#lots.total(i) * (1 + 1e-9),
    );
  }

  #hasIdle(): boolean {
    return this.#level.some((level, i) => level > (this.#inUse[i] ?? 0)) || !this.#lots.empty;
  }

  #turnover(): number {
    if (this.#holdingMs === 0) return 0;
    const turns = (2 * this.definition.timing.horizonMs) / this.#holdingMs;
    return Math.min(TURNOVER_MAX, Math.round(turns * 100) / 100);
  }

  #isResource(index: number): boolean {
    return this.definition.limits[index]?.kind === 'resource';
  }
}
