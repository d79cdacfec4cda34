import { reorder, type LimitDefinition } from './definition';
import type { Ledger } from './ledger';
import type { DemandRun, GrantEntry, Push, Sync } from './wire';
import { WIRE_VERSION } from './wire';

/** A grant that is not yet settled: units that the client may start within the interval. */
export interface Grant {
  notBefore: number;
  notAfter: number;
  amounts: number[];
  /** Whether it has been written into a push and can no longer change. */
  published: boolean;
}

/** What the limiter remembers of one client; plain JSON, the snapshot of it as it stands. */
export interface ClientState {
  readonly id: string;
  queue: string;
  version: number;
  seq: number;
  lastSeenAt: number;
  fence: number;
  /** Number of the first of `grants`. */
  firstGrant: number;
  grants: Grant[];
  seenGrants: number;
  used: number[];
  returned: number[];
  refunded: number[];
  excess: number[];
  granted: number[];
  /** Granted units that are known, or must be taken, to have been started or returned. */
  resolved: number[];
  inUse: number[];
  level: number[];
  /** The most permits that the client may have in use, whatever message was lost. */
  ceiling: number[];
  turnover: number;
  demand: DemandRun[];
  pushSeq: number;
  pushedAt: number;
  seenPush: number;
  /** Whether the client has something to hear. */
  dirty: boolean;
  /** When it was last served, in grants. */
  turn: number;
}

/** A push that a client has not heard of after this time is written again. */
const LOST_PUSH_MS = 1_000;
/** How long after the end of its interval a grant may still be reported, in horizons. */
const GRACE_HORIZONS = 3;

/**
 * The limiter's account of one client.
 *
 * C1. `held` of the ledger is the sum over clients of `granted - resolved`, for each limit.
 * C2. A report resolves the oldest grants first: whichever the client really used, those left end later, so capacity is
 *     never counted as free too early.
 * C3. `ceiling` is at least what the client can have in use given the pushes it may or may not have heard.
 */
export class ClientAccount {
  constructor(readonly state: ClientState) {}

  static open(sync: Sync, limits: number, fence: number, now: number): ClientAccount {
    const zeros = (): number[] => new Array<number>(limits).fill(0);
    return new ClientAccount({
      id: sync.client,
      queue: sync.queue,
      version: sync.version,
      seq: 0,
      lastSeenAt: now,
      fence,
      firstGrant: 1,
      grants: [],
      seenGrants: 0,
      used: zeros(),
      returned: zeros(),
      refunded: zeros(),
      excess: zeros(),
      granted: zeros(),
      resolved: zeros(),
      inUse: zeros(),
      level: zeros(),
      ceiling: [...sync.inUse],
      turnover: 0,
      demand: [],
      pushSeq: 0,
      pushedAt: now,
      seenPush: 0,
      dirty: true,
      turn: 0,
    });
  }

  /** Units of one limit that are granted and not known to be used or returned. */
  outstanding(index: number): number {
    return (this.state.granted[index] ?? 0) - (this.state.resolved[index] ?? 0);
  }

  /** Takes over a newer sync. The caller has checked its form. Says whether it was newer. */
  read(sync: Sync, ledger: Ledger, guardMs: number, now: number): boolean {
    const { state } = this;
    state.lastSeenAt = now;
    if (sync.seq <= state.seq) return false;
    state.seq = sync.seq;
    state.queue = sync.queue;
    for (const [at, ...totals] of sync.used) this.#resolve(totals, state.returned, Math.min(at, now) + guardMs, ledger, now);
    this.#resolve(state.used, sync.returned, now, ledger, now);
    for (let i = 0; i < state.granted.length; i += 1) {
      this.#adjust(i, sync.refunded[i] ?? 0, sync.excess[i] ?? 0, ledger, now);
    }
    this.#readPermits(sync);
    state.seenGrants = Math.max(state.seenGrants, Math.min(sync.seenGrants, this.#lastPublished()));
    this.#forgetSettled();
    state.turnover = sync.turnover;
    state.demand = sync.demand.map(([count, priority, since, ...amounts]) => [
      count,
      priority,
      since > 0 ? Math.min(since, now) : now,
      ...amounts,
    ]);
    const isLost = sync.seen < state.pushSeq && now - state.pushedAt > LOST_PUSH_MS;
    if (sync.reply || isLost) state.dirty = true;
    return true;
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
    state.dirty = true;
  }

  /** Sets how many permits the client may use. */
  setLevel(level: readonly number[]): void {
    const { state } = this;
    if (level.every((permits, i) => permits === state.level[i])) return;
    state.level = [...level];
    state.ceiling = state.ceiling.map((most, i) => Math.max(most, level[i] ?? 0));
    state.dirty = true;
  }

  /**
   * Counts grants as started at their end when nothing was heard of them long after it, as with a process that died. A
   * later report of them changes nothing any more.
   */
  expire(ledger: Ledger, guardMs: number, horizonMs: number, now: number): void {
    const { state } = this;
    const totals = state.granted.map((total, i) => total - state.grants.reduce((sum, g) => sum + (g.amounts[i] ?? 0), 0));
    for (const grant of state.grants) {
      if (grant.notAfter + GRACE_HORIZONS * horizonMs > now) break;
      grant.amounts.forEach((amount, i) => {
        totals[i] = (totals[i] ?? 0) + amount;
        const open = (totals[i] ?? 0) - (state.resolved[i] ?? 0);
        if (open <= 0) return;
        ledger.land(i, open, grant.notAfter + guardMs, now);
        state.resolved[i] = totals[i] ?? 0;
      });
    }
    this.#forgetSettled();
  }

  /** Whether the client has not heard of a grant whose interval is over: more would be lost on it. */
  isDeaf(now: number): boolean {
    const { state } = this;
    return state.grants.some((g, k) => state.firstGrant + k > state.seenGrants && g.published && g.notAfter < now);
  }

  /** The client is gone: what it was granted counts as started at the latest possible moment. */
  close(ledger: Ledger, guardMs: number, now: number): void {
    const latest = this.state.grants.at(-1)?.notAfter ?? now;
    for (let i = 0; i < this.state.granted.length; i += 1) {
      ledger.land(i, Math.max(0, this.outstanding(i)), Math.max(latest, 0) + guardMs, now);
    }
    this.state.resolved = [...this.state.granted];
  }

  /** Lays the account out for other definitions; the client will have to open a new one. */
  redefine(from: readonly LimitDefinition[], to: readonly LimitDefinition[]): void {
    const { state } = this;
    const zeros = (): number[] => to.map(() => 0);
    state.grants = [];
    state.demand = [];
    for (const key of ['used', 'returned', 'refunded', 'excess', 'granted', 'resolved', 'level'] as const) state[key] = zeros();
    state.inUse = reorder(state.inUse, from, to);
    state.ceiling = reorder(state.ceiling, from, to);
    state.dirty = false;
  }

  /** Writes the client's whole lease, as of now. */
  publish(now: number): Push {
    const { state } = this;
    state.pushSeq += 1;
    state.pushedAt = now;
    state.dirty = false;
    for (const grant of state.grants) grant.published = true;
    const skip = Math.max(0, state.seenGrants - state.firstGrant + 1);
    return {
      wire: WIRE_VERSION,
      client: state.id,
      seq: state.pushSeq,
      ack: state.seq,
      ackAt: state.lastSeenAt,
      now,
      status: 'granted',
      fence: state.fence,
      firstGrant: state.firstGrant + skip,
      grants: state.grants.slice(skip).map((g): GrantEntry => [g.notBefore, g.notAfter, ...g.amounts]),
      levels: [...state.level],
    };
  }

  #resolve(used: readonly number[], returned: readonly number[], landsAt: number, ledger: Ledger, now: number): void {
    const { state } = this;
    for (let i = 0; i < state.granted.length; i += 1) {
      const newlyUsed = Math.max(0, (used[i] ?? 0) - (state.used[i] ?? 0));
      const newlyReturned = Math.max(0, (returned[i] ?? 0) - (state.returned[i] ?? 0));
      // grants that were given up on have been counted as used already; nobody can have used more than was granted
      const reported = Math.min((state.used[i] ?? 0) + (state.returned[i] ?? 0) + newlyUsed + newlyReturned, state.granted[i] ?? 0);
      const open = Math.max(0, reported - (state.resolved[i] ?? 0));
      const started = Math.min(newlyUsed, open);
      ledger.land(i, started, landsAt, now);
      ledger.unhold(i, open - started);
      state.resolved[i] = Math.max(state.resolved[i] ?? 0, reported);
      state.used[i] = (state.used[i] ?? 0) + newlyUsed;
      state.returned[i] = (state.returned[i] ?? 0) + newlyReturned;
    }
  }

  #adjust(index: number, refunded: number, excess: number, ledger: Ledger, now: number): void {
    const { state } = this;
    // no more can come back than was started
    const back = Math.min(refunded, state.used[index] ?? 0) - (state.refunded[index] ?? 0);
    if (back > 0) {
      ledger.settle(index, back, 0, now);
      state.refunded[index] = (state.refunded[index] ?? 0) + back;
    }
    const over = excess - (state.excess[index] ?? 0);
    if (over > 0) {
      ledger.settle(index, 0, over, now);
      state.excess[index] = excess;
    }
  }

  #readPermits(sync: Sync): void {
    const { state } = this;
    state.seenPush = Math.max(state.seenPush, Math.min(sync.seen, state.pushSeq));
    state.inUse = [...sync.inUse];
    if (state.seenPush < state.pushSeq) return;
    state.level = state.level.map((level, i) => Math.min(level, sync.keep[i] ?? 0));
    // a client never uses more than it was given, whatever it says
    state.ceiling = state.ceiling.map((most, i) => Math.min(most, Math.max(state.level[i] ?? 0, sync.keep[i] ?? 0)));
  }

  #lastPublished(): number {
    return this.state.firstGrant - 1 + this.state.grants.filter((grant) => grant.published).length;
  }

  #forgetSettled(): void {
    const { state } = this;
    let settled = state.granted.map((total, i) => total - state.grants.reduce((sum, g) => sum + (g.amounts[i] ?? 0), 0));
    let forget = 0;
    for (const grant of state.grants) {
      settled = settled.map((total, i) => total + (grant.amounts[i] ?? 0));
      const isSeen = state.firstGrant + forget <= state.seenGrants;
      if (!isSeen || settled.some((total, i) => total - (state.resolved[i] ?? 0) > Math.max(1, total) * 1e-9)) break;
      forget += 1;
    }
    state.grants.splice(0, forget);
    state.firstGrant += forget;
  }
}
