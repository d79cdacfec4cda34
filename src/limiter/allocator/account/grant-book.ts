import type { StartedWithin } from '../../algorithms/algorithm';
import type { LimitDefinition } from '../../definition/definition';
import type { SyncReport, UsageTotals } from '../../protocol/codec';
import { addTo, at, exceeds, ROUNDING, type Vector } from '../../vector/vector';
import { signatureOf } from '../../waiting/signature-queues';
import type { ClientState, Grant, UnitState } from './client-state';
import { learnLife } from './grant-life';
import { landsAt, type Books } from './landing';
import { addLapse, countedWithin, forgetLapses, settleLapsed } from './lapse';

/** The most windows that one sync may charge: an endless debt would block all clients. */
const MAX_EXCESS_WINDOWS = 100;

/**
 * The units of one client: granted, and how they ended.
 *
 * C1. `held` of the ledger is the sum over clients of `granted - resolved`, for each limit.
 * C2. A report resolves those grants first that end first: whichever the client really used, those left end later, so
 *     capacity is never counted as free too early.
 */
export class GrantBook {
  constructor(readonly state: ClientState) {}

  /** Units of one limit that are granted and not known to be used or returned. */
  outstanding(index: number): number {
    return at(this.#units.granted, index) - at(this.#units.resolved, index);
  }

  /**
   * How many of the oldest outstanding units of one limit the client no longer has. What it is starting and has
   * lapsed since is not outstanding.
   */
  gone(index: number): number {
    const { resolved, used, returned, starting } = this.#units;
    return Math.max(0, at(used, index) + at(returned, index) + at(starting, index) - at(resolved, index));
  }

  /** The units of these amounts that the client does not have yet. */
  lacking(amounts: Vector, limits: readonly LimitDefinition[]): number[] {
    return limits.map(({ kind }, i) => {
      const has = this.outstanding(i) - this.gone(i);
      return kind === 'resource' ? 0 : Math.max(0, at(amounts, i) - Math.max(0, has));
    });
  }

  /** When the last grant of units of the same limits begins; those that follow are not to be started before. */
  lastBegin(amounts: Vector): number {
    const signature = signatureOf(amounts);
    const last = this.#units.grants.findLast((grant) => signatureOf(grant.amounts) === signature);
    return last?.notBefore ?? -Infinity;
  }

  /** Grants units to be started between two moments; the ledger holds them already. */
  grant(amounts: Vector, notBefore: number, notAfter: number): void {
    const { granted, grants } = this.#units;
    const place = grants.findLastIndex((grant) => grant.published || grant.notBefore <= notBefore);
    const same = grants[place];
    if (same?.published === false && same.notBefore === notBefore) addTo(same.amounts, amounts);
    else grants.splice(place + 1, 0, { notBefore, notAfter, amounts: [...amounts], published: false });
    addTo(granted, amounts);
    if (!this.#isRun) this.state.channel.dirty = true;
  }

  /** From when on a number of units of one limit, counted from the oldest open ones, may be started; `Infinity` if not yet granted. */
  startsAt(index: number, units: number): number {
    const { resolved, grants } = this.#units;
    const wanted = (at(resolved, index) + units) * (1 - ROUNDING);
    let total = at(this.#settledBefore(), index);
    let startsAt = -Infinity;
    for (const { amounts, notBefore } of grants) {
      if (at(amounts, index) === 0) continue;
      total += at(amounts, index);
      startsAt = Math.max(startsAt, notBefore);
      if (total >= wanted) return startsAt;
    }
    return Infinity;
  }

  /** Of the open units of one limit from one place to another, counted from the oldest, those whose interval is over at a moment. */
  endedBy(moment: number, index: number, from: number, to: number): number {
    if (this.#isRun) return 0;
    const first = at(this.#units.resolved, index);
    let end = at(this.#settledBefore(), index);
    let ended = 0;
    for (const { amounts, notAfter } of this.#byEnd) {
      if (notAfter >= moment) break;
      const begin = end;
      end += at(amounts, index);
      ended += Math.max(0, Math.min(end, first + to) - Math.max(begin, first + from));
    }
    return ended;
  }

  /** Takes back what no push has announced. */
  recall({ ledger }: Books): void {
    const units = this.#units;
    for (const { amounts, published } of units.grants) {
      if (published) continue;
      amounts.forEach((amount, i) => ledger.unhold(i, amount));
      addTo(units.granted, amounts, -1);
    }
    units.grants = units.grants.filter(({ published }) => published);
  }

  /** The client has said its last: what is still open has not been started, and will not be. */
  drop({ ledger }: Books): void {
    const { granted, resolved } = this.#units;
    granted.forEach((total, i) => {
      ledger.unhold(i, Math.max(0, this.outstanding(i)));
      resolved[i] = total;
    });
  }

  /** Takes over what a newer sync says of units. */
  read(sync: SyncReport, books: Books): void {
    const units = this.#units;
    const { now, definition } = books;
    const isUnused = exceeds(sync.returned, units.returned);
    // a unit cannot have started before it could
    const earliest = units.grants.reduce((least, { notBefore }) => Math.min(least, notBefore), now);
    for (const usage of sync.used) this.#readLapsed(usage, books);
    // returned before the rest is used: what was given up on in the meantime is then no excuse for what was used later
    this.#resolve({ at: now, totals: units.used, answeredAt: Infinity }, sync.returned, now, books);
    for (const usage of sync.used) this.#resolve(usage, units.returned, earliest, books);
    for (const refund of sync.refunds) this.#refund(refund.totals, books, countedWithin(units, refund, books.guards));
    this.#refund(sync.refunded, books);
    this.#charge(sync.excess, books);
    const lastPublished = units.firstGrant - 1 + units.grants.filter(({ published }) => published).length;
    const seenGrants = Math.max(units.seenGrants, Math.min(sync.seenGrants, lastPublished));
    forgetLapses(units, definition, now);
    learnLife(units, seenGrants, isUnused, now);
    units.seenGrants = seenGrants;
    this.#forgetSettled();
  }

  /**
   * Counts grants as started at their end when nothing was heard of them for `graceMs` after it, as with a process that
   * died. Says when the next one will be.
   */
  expire({ ledger, definition, now }: Books, graceMs: number): number {
    // a run may take days from the grant to the start, and reports it when it is through
    if (this.#isRun) return Infinity;
    const units = this.#units;
    const totals = this.#settledBefore();
    for (const { amounts, notBefore, notAfter } of this.#byEnd) {
      addTo(totals, amounts);
      if (!this.#isOpen(totals)) continue;
      if (notAfter + graceMs > now) return notAfter + graceMs;
      const open = totals.map((total, i) => Math.max(0, total - at(units.resolved, i)));
      const landsAt = notAfter + definition.timing.guardMs;
      open.forEach((amount, i) => ledger.land(i, amount, landsAt, now));
      addTo(units.resolved, open);
      addLapse(units, { notBefore, firstAt: landsAt, lastAt: landsAt, unreported: open });
    }
    this.#forgetSettled();
    return Infinity;
  }

  /** Whether the client has not heard of a grant whose interval is over: more would be lost on it. */
  isDeaf(now: number): boolean {
    if (this.#isRun) return false;
    const { firstGrant, seenGrants, grants } = this.#units;
    return grants.some((grant, k) => firstGrant + k > seenGrants && grant.published && grant.notAfter < now);
  }

  /**
   * The client is gone, and has started nothing after `until`. What it may have started counts as started at the latest
   * possible moment.
   */
  close({ ledger, definition, now }: Books, until = Infinity): void {
    const { granted, resolved, grants } = this.#units;
    const latest = Math.min(
      until,
      grants.reduce((most, { notAfter }) => Math.max(most, notAfter), now),
    );
    const tooLate = grants.filter(({ notBefore }) => notBefore > until);
    granted.forEach((total, i) => {
      const open = Math.max(0, this.outstanding(i));
      const unused = Math.min(
        open,
        tooLate.reduce((units, { amounts }) => units + at(amounts, i), 0),
      );
      ledger.unhold(i, unused);
      ledger.land(i, open - unused, latest + definition.timing.guardMs, now);
      resolved[i] = total;
    });
  }

  get #units(): UnitState {
    return this.state.units;
  }

  get #isRun(): boolean {
    return this.state.run !== undefined;
  }

  /**
   * What was used and had lapsed counts already, but for what may have been started later than it lapsed: that counts as of
   * then. Were it taken for returned, another grant would count in its place.
   */
  #readLapsed(usage: UsageTotals, books: Books): void {
    const units = this.#units;
    if (units.lapses.length === 0) return;
    const { ledger, now } = books;
    units.used = units.used.map((before, i) => {
      const most = Math.min(at(usage.totals, i), at(units.granted, i));
      const moment = landsAt(usage, i, -Infinity, books);
      let used = before;
      for (const { units: started, ...counted } of settleLapsed(units, i, Math.max(0, most - before))) {
        used += started;
        if (moment <= counted.from) continue;
        ledger.takeBack(i, started, now, counted);
        ledger.hold(i, started);
        ledger.land(i, started, moment, now);
      }
      return used;
    });
  }

  /** @param earliest from when on what has not lapsed could be used */
  #resolve(usage: UsageTotals, returned: Vector, earliest: number, books: Books): void {
    const units = this.#units;
    const { ledger, now } = books;
    for (let i = 0; i < units.granted.length; i += 1) {
      const resolved = at(units.resolved, i);
      const granted = at(units.granted, i);
      // a client cannot use or return more than it was granted
      const nowUsed = Math.max(Math.min(at(usage.totals, i), granted), at(units.used, i));
      const nowReturned = Math.max(Math.min(at(returned, i), granted), at(units.returned, i));
      // what was given up on has been counted as used already
      const open = Math.max(0, Math.min(nowUsed + nowReturned, granted) - resolved);
      for (const { units: back, ...counted } of settleLapsed(units, i, nowReturned - at(units.returned, i)))
        ledger.takeBack(i, back, now, counted);
      const started = Math.min(nowUsed - at(units.used, i), open);
      ledger.land(i, started, landsAt(usage, i, earliest, books), now);
      ledger.unhold(i, open - started);
      units.resolved[i] = resolved + open;
      units.used[i] = nowUsed;
      units.returned[i] = nowReturned;
    }
  }

  #refund(refunded: Vector, { ledger, now }: Books, started?: StartedWithin): void {
    const units = this.#units;
    units.refunded = units.refunded.map((before, i) => {
      // no more can come back than was started
      const total = Math.min(at(refunded, i), at(units.used, i), at(units.granted, i));
      if (total <= before) return before;
      ledger.settle(i, total - before, 0, now, started);
      return total;
    });
  }

  #charge(excess: Vector, { ledger, definition, now }: Books): void {
    const units = this.#units;
    units.excess = units.excess.map((before, i) => {
      const limit = definition.limits[i];
      if (limit === undefined || limit.kind === 'resource' || limit.overage !== 'charge') return before;
      const total = Math.min(at(excess, i), before + MAX_EXCESS_WINDOWS * limit.capacity);
      if (total <= before) return before;
      ledger.settle(i, 0, total - before, now);
      return total;
    });
  }

  /** The listed grants, the one that ends first first: a process uses them in this order. */
  get #byEnd(): readonly Grant[] {
    const { grants } = this.#units;
    const isInOrder = grants.every(({ notAfter }, k) => notAfter >= (grants[k - 1]?.notAfter ?? -Infinity));
    return isInOrder ? grants : [...grants].sort((a, b) => a.notAfter - b.notAfter);
  }

  #isOpen(totals: Vector): boolean {
    return totals.some((total, i) => total - at(this.#units.resolved, i) > total * ROUNDING);
  }

  /** Units of the grants that are no longer listed. */
  #settledBefore(): number[] {
    const { granted, grants } = this.#units;
    const settled = [...granted];
    for (const { amounts } of grants) addTo(settled, amounts, -1);
    return settled;
  }

  #forgetSettled(): void {
    const units = this.#units;
    const totals = this.#settledBefore();
    const settled = new Set<Grant>();
    for (const grant of this.#byEnd) {
      addTo(totals, grant.amounts);
      if (this.#isOpen(totals)) break;
      settled.add(grant);
    }
    const isKept = (grant: Grant, k: number): boolean => units.firstGrant + k > units.seenGrants || !settled.has(grant);
    const kept = units.grants.findIndex(isKept);
    const forget = kept < 0 ? units.grants.length : kept;
    units.grants.splice(0, forget);
    units.firstGrant += forget;
  }
}
