import type { StartedWithin } from '../../algorithms/algorithm';
import type { ClientState } from './client-state';
import type { SetDefinition } from '../../definition/definition';
import { learnLife } from './grant-life';
import { addLapse, forgetLapses, tellLapsed, toldRefunds } from './lapse';
import type { Ledger } from '../../ledger/ledger';
import type { Sync } from '../../protocol/wire';

/** Rounding of sums of fractions, relative to the sums. */
const ROUNDING = 1e-9;
/** No sync may charge more than so many windows at once: a debt without end would block everybody. */
const MAX_EXCESS_WINDOWS = 100;

/** What the units of an account are counted in. */
export interface Books {
  readonly ledger: Ledger;
  readonly definition: SetDefinition;
  readonly now: number;
}

/**
 * The units of one client: granted, and what became of them.
 *
 * C1. `held` of the ledger is the sum over clients of `granted - resolved`, for each limit.
 * C2. A report resolves the oldest grants first: whichever the client really used, those left end later, so capacity is
 *     never counted as free too early.
 */
export class GrantBook {
  constructor(readonly state: ClientState) {}

  /** Units of one limit that are granted and not known to be used or returned. */
  outstanding(index: number): number {
    return (this.state.granted[index] ?? 0) - (this.state.resolved[index] ?? 0);
  }

  /** Grants units to be started between two moments; the ledger holds them already. */
  grant(amounts: readonly number[], notBefore: number, notAfter: number): void {
    const { state } = this;
    const last = state.grants.at(-1);
    if (last !== undefined && !last.published && last.notBefore === notBefore) {
      last.amounts = last.amounts.map((amount, i) => amount + (amounts[i] ?? 0));
    } else {
      state.grants.push({ notBefore, notAfter, amounts: [...amounts], published: false });
    }
    state.granted = state.granted.map((total, i) => total + (amounts[i] ?? 0));
    if (state.run === undefined) state.dirty = true;
  }

  /** From when on so many units of one limit, counted from the oldest open ones, may be started; `Infinity` if not yet granted. */
  startsAt(index: number, units: number): number {
    const { resolved, grants } = this.state;
    const wanted = ((resolved[index] ?? 0) + units) * (1 - ROUNDING);
    let total = this.#settledBefore()[index] ?? 0;
    for (const { amounts, notBefore } of grants) {
      total += amounts[index] ?? 0;
      if (total >= wanted) return notBefore;
    }
    return Infinity;
  }

  /** Of the open units of one limit from one place to another, counted from the oldest, those whose interval is over at a moment. */
  endedBy(at: number, index: number, from: number, to: number): number {
    const { resolved, grants, run } = this.state;
    if (run !== undefined) return 0;
    const first = resolved[index] ?? 0;
    let end = this.#settledBefore()[index] ?? 0;
    let ended = 0;
    for (const { amounts, notAfter } of grants) {
      if (notAfter >= at) break;
      const begin = end;
      end += amounts[index] ?? 0;
      ended += Math.max(0, Math.min(end, first + to) - Math.max(begin, first + from));
    }
    return ended;
  }

  /** Takes back what has not been told. */
  recall({ ledger }: Books): void {
    const { state } = this;
    const kept = state.grants.filter(({ published }) => published);
    for (const { amounts, published } of state.grants) {
      if (published) continue;
      amounts.forEach((amount, i) => {
        ledger.unhold(i, amount);
        state.granted[i] = (state.granted[i] ?? 0) - amount;
      });
    }
    state.grants = kept;
  }

  /** The client has said its last: what is still open has not been started, and will not be. */
  drop({ ledger }: Books): void {
    this.state.granted.forEach((granted, i) => {
      ledger.unhold(i, Math.max(0, this.outstanding(i)));
      this.state.resolved[i] = granted;
    });
  }

  /** Takes over what a newer sync says of units. */
  read(sync: Sync, books: Books): void {
    const { state } = this;
    const { now, definition } = books;
    const isUnused = sync.returned.some((total, i) => total > (state.returned[i] ?? 0));
    // a unit cannot have started before it could
    const earliest = state.grants.reduce((least, { notBefore }) => Math.min(least, notBefore), now);
    // returned first: what was given up on in the meantime is then no excuse for what was used later
    this.#resolve(state.used, sync.returned, now, now, books);
    for (const [at, ...totals] of sync.used) this.#resolve(totals, state.returned, Math.min(at, now), earliest, books);
    for (const { totals, within } of toldRefunds(state, sync, definition.timing.guardMs))
      this.#refund(totals, books, within);
    this.#refund(sync.refunded, books);
    this.#charge(sync.excess, books);
    const lastPublished = state.firstGrant - 1 + state.grants.filter((grant) => grant.published).length;
    const seenGrants = Math.max(state.seenGrants, Math.min(sync.seenGrants, lastPublished));
    forgetLapses(state, definition, now);
    learnLife(state, seenGrants, isUnused, now);
    state.seenGrants = seenGrants;
    this.#forgetSettled();
  }

  /**
   * Counts grants as started at their end when nothing was heard of them for `graceMs` after it, as with a process that
   * died. Says when the next one will be.
   */
  expire({ ledger, definition, now }: Books, graceMs: number): number {
    const { state } = this;
    // a run may take days from the grant to the start, and tells of it when it is through
    if (state.run !== undefined) return Infinity;
    const totals = this.#settledBefore();
    for (const grant of state.grants) {
      grant.amounts.forEach((amount, i) => (totals[i] = (totals[i] ?? 0) + amount));
      if (!this.#isOpen(totals)) continue;
      if (grant.notAfter + graceMs > now) return grant.notAfter + graceMs;
      const open = totals.map((total, i) => Math.max(0, total - (state.resolved[i] ?? 0)));
      const landsAt = grant.notAfter + definition.timing.guardMs;
      open.forEach((units, i) => {
        ledger.land(i, units, landsAt, now);
        state.resolved[i] = (state.resolved[i] ?? 0) + units;
      });
      addLapse(state, { notBefore: grant.notBefore, firstAt: landsAt, lastAt: landsAt, untold: open });
    }
    this.#forgetSettled();
    return Infinity;
  }

  /** Whether the client has not heard of a grant whose interval is over: more would be lost on it. */
  isDeaf(now: number): boolean {
    const { state } = this;
    if (state.run !== undefined) return false;
    return state.grants.some((g, k) => state.firstGrant + k > state.seenGrants && g.published && g.notAfter < now);
  }

  /**
   * The client is gone, and has started nothing after `until`. What it may have started counts as started at the latest
   * possible moment.
   */
  close({ ledger, definition, now }: Books, until = Infinity): void {
    const { state } = this;
    const latest = Math.min(
      until,
      state.grants.reduce((most, { notAfter }) => Math.max(most, notAfter), now),
    );
    const tooLate = state.grants.filter(({ notBefore }) => notBefore > until);
    state.granted.forEach((granted, i) => {
      const open = Math.max(0, this.outstanding(i));
      const unused = Math.min(
        open,
        tooLate.reduce((sum, { amounts }) => sum + (amounts[i] ?? 0), 0),
      );
      ledger.unhold(i, unused);
      ledger.land(i, open - unused, latest + definition.timing.guardMs, now);
      state.resolved[i] = granted;
    });
  }

  /** @param startedAt by when it was used, as is told; @param earliest from when on what has not lapsed could be */
  #resolve(
    used: readonly number[],
    returned: readonly number[],
    startedAt: number,
    earliest: number,
    { ledger, definition, now }: Books,
  ): void {
    const { state } = this;
    const { guardMs } = definition.timing;
    for (let i = 0; i < state.granted.length; i += 1) {
      const resolved = state.resolved[i] ?? 0;
      const nowUsed = Math.max(used[i] ?? 0, state.used[i] ?? 0);
      const nowReturned = Math.max(returned[i] ?? 0, state.returned[i] ?? 0);
      // nobody can have used or returned more than was granted; what was given up on has been counted as used already
      const open = Math.max(0, Math.min(nowUsed + nowReturned, state.granted[i] ?? 0) - resolved);
      const told = nowUsed - (state.used[i] ?? 0);
      const started = Math.min(told - tellLapsed(state, i, told, startedAt + guardMs), open);
      ledger.land(i, started, Math.max(earliest, startedAt) + guardMs, now);
      ledger.unhold(i, open - started);
      state.resolved[i] = resolved + open;
      state.used[i] = nowUsed;
      state.returned[i] = nowReturned;
    }
  }

  #refund(refunded: readonly number[], { ledger, now }: Books, started?: StartedWithin): void {
    const { state } = this;
    state.refunded = state.refunded.map((before, i) => {
      // no more can come back than was started
      const total = Math.min(refunded[i] ?? 0, state.used[i] ?? 0, state.granted[i] ?? 0);
      if (total <= before) return before;
      ledger.settle(i, total - before, 0, now, started);
      return total;
    });
  }

  #charge(excess: readonly number[], { ledger, definition, now }: Books): void {
    const { state } = this;
    state.excess = state.excess.map((before, i) => {
      const limit = definition.limits[i];
      if (limit === undefined || limit.kind === 'resource' || limit.overage !== 'charge') return before;
      const total = Math.min(excess[i] ?? 0, before + MAX_EXCESS_WINDOWS * limit.capacity);
      if (total <= before) return before;
      ledger.settle(i, 0, total - before, now);
      return total;
    });
  }

  #isOpen(totals: readonly number[]): boolean {
    return totals.some((total, i) => total - (this.state.resolved[i] ?? 0) > total * ROUNDING);
  }

  /** Units of the grants that are no longer listed. */
  #settledBefore(): number[] {
    const { granted, grants } = this.state;
    return granted.map((total, i) => grants.reduce((rest, { amounts }) => rest - (amounts[i] ?? 0), total));
  }

  #forgetSettled(): void {
    const { state } = this;
    const totals = this.#settledBefore();
    let forget = 0;
    for (const grant of state.grants) {
      grant.amounts.forEach((amount, i) => (totals[i] = (totals[i] ?? 0) + amount));
      if (state.firstGrant + forget > state.seenGrants || this.#isOpen(totals)) break;
      forget += 1;
    }
    state.grants.splice(0, forget);
    state.firstGrant += forget;
  }
}
