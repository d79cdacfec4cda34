import { runAt, type RunAddress } from '../../protocol/address';
import { newClientState, type ClientState } from './client-state';
import { reorder, type LimitDefinition, type SetDefinition } from '../../definition/definition';
import { rejectionPush, WIRE_VERSION, type GrantEntry, type Push, type Sync } from '../../protocol/wire';
import { GrantBook, type Books } from './grant-book';

/** A push that the client has not confirmed after this time is written again, */
const REPEAT_MS = 1_000;
/** and after this time again and again: others may wait for what it takes away. */
const REPEAT_AGAIN_MS = 2_000;
/** Most unconfirmed pushes told apart; past it the oldest two count as one. */
const MAX_UNSEEN = 8;

/**
 * The limiter's account of one client.
 *
 * C3. `ceiling` is at least what the client can have in use given the pushes it may or may not have heard.
 */
export class ClientAccount {
  readonly units: GrantBook;
  /** The workflow run that it is, if it is one. */
  readonly run: RunAddress | undefined;

  constructor(readonly state: ClientState) {
    this.units = new GrantBook(state);
    this.run = state.run && runAt(state.queue);
  }

  static open(sync: Sync, limits: number, fence: number, now: number): ClientAccount {
    return new ClientAccount(newClientState(sync, limits, fence, now));
  }

  /** The most permits of one limit that the client may have in use, whatever message was lost. */
  maxPossibleInUse(index: number): number {
    const { kept, permitCap, unseen } = this.state;
    // what is set aside for a run is not its until it is told
    const sure = Math.max(kept[index] ?? 0, this.run === undefined ? (permitCap[index] ?? 0) : 0);
    return unseen.reduce((most, [, ...levels]) => Math.max(most, levels[index] ?? 0), sure);
  }

  /** Takes over a sync, if it is newer; says whether it is. The caller has checked its form. */
  read(sync: Sync, books: Books): boolean {
    const { state } = this;
    const { now } = books;
    state.lastSeenAt = now;
    if (sync.seq <= state.seq) return false;
    state.seq = sync.seq;
    state.readAt = now;
    if (this.run === undefined) state.queue = sync.queue;
    else this.units.recall(books);
    this.units.read(sync, books);
    this.#readPermits(sync);
    state.starting = [...sync.starting];
    state.holdingMs = sync.holdingMs;
    state.ahead = [...sync.ahead];
    state.demand = sync.demand.map(([count, priority, since, ...amounts]) => [
      count,
      priority,
      since > 0 ? Math.min(since, now) : now,
      ...amounts,
    ]);
    if (sync.reply) state.dirty = true;
    this.#readUnheard(books);
    return true;
  }

  /** Sets how many permits the client may use. */
  setPermitCap(level: readonly number[]): void {
    const { state } = this;
    if (level.every((permits, i) => permits === state.permitCap[i])) return;
    // a run gives back what it releases, unless it has a use for it itself
    const isNews = this.run === undefined || (state.demand.length > 0 && this.#takesBack(level));
    state.permitCap = [...level];
    if (isNews) state.dirty = true;
  }

  /**
   * Has a workflow run hear what it could start by now. While more of it will come in time, it hears of several together:
   * each push costs it a workflow task. Says when to look again.
   */
  offer(limits: readonly LimitDefinition[], now: number, togetherMs: number): number {
    const { count, nextAt, isAll } = startable(this, limits, now);
    if (count === 0) return nextAt;
    const at = isAll || nextAt === Infinity ? now : this.state.pushedAt + togetherMs;
    if (at > now) return at;
    this.state.dirty = true;
    return nextAt;
  }

  /** This push has reached the workflow run. */
  delivered(seq: number): void {
    const { run } = this.state;
    if (run !== undefined) run.deliveredPush = Math.max(run.deliveredPush, seq);
  }

  /** Whatever was under way ended with the limiter's run; it is written again where nothing else would have it repeated. */
  resume(): void {
    const { run, pushSeq } = this.state;
    if (run === undefined) return;
    run.askedAt = 0;
    if (run.deliveredPush < pushSeq) this.state.dirty = true;
  }

  /** Has the newest push written again if the client has not confirmed it for long. Says when to look again. */
  repeat(now: number): number {
    const { state } = this;
    // one that asks by query finds it when it asks, and a signal is known to have arrived
    if (state.queue === '' || this.run !== undefined) return Infinity;
    if (!state.dirty) {
      if (state.seenPush === state.pushSeq) return Infinity;
      const at = state.pushedAt + (state.repeats === 0 ? REPEAT_MS : REPEAT_AGAIN_MS);
      if (now < at) return at;
      state.repeats += 1;
      state.dirty = true;
    }
    return now + REPEAT_MS;
  }

  /** Lays the closed account out for other definitions; the client will have to open a new one. */
  redefine(from: readonly LimitDefinition[], to: readonly LimitDefinition[]): void {
    const { state } = this;
    const most = state.kept.map((_, i) => this.maxPossibleInUse(i));
    for (const key of [
      'used',
      'returned',
      'refunded',
      'excess',
      'granted',
      'resolved',
      'starting',
      'permitCap',
      'ahead',
    ] as const) {
      state[key] = to.map(() => 0);
    }
    state.grants = [];
    delete state.lapses;
    state.demand = [];
    state.unseen = [];
    state.inUse = reorder(state.inUse, from, to);
    state.kept = reorder(most, from, to);
    state.outdated = true;
    state.dirty = true;
  }

  /** Writes the client's whole lease, as of now. */
  publish(now: number, definition: SetDefinition): Push {
    const { state } = this;
    state.pushSeq += 1;
    state.pushedAt = now;
    state.dirty = false;
    if (state.outdated) return rejectionPush(state.id, state.seq, 'redefined', definition, now);
    const levels = this.#letStart(now, definition.limits);
    const grants = state.grants.filter(({ notBefore }) => this.run === undefined || notBefore <= now);
    for (const grant of grants) grant.published = true;
    this.#remember(state.pushSeq, levels);
    const skip = Math.max(0, state.seenGrants - state.firstGrant + 1);
    return {
      wire: WIRE_VERSION,
      client: state.id,
      seq: state.pushSeq,
      ack: state.seq,
      ackAt: state.readAt,
      now,
      status: 'granted',
      fence: state.fence,
      firstGrant: state.firstGrant + skip,
      grants: grants.slice(skip).map((g): GrantEntry => [g.notBefore, g.notAfter, ...g.amounts]),
      levels,
      more: state.blockedByPermits,
    };
  }

  /** What a run is told that it may start, it starts: nothing has to come back. Says which permits it is to have. */
  #letStart(now: number, limits: readonly LimitDefinition[]): number[] {
    const { state } = this;
    if (state.run === undefined) return [...state.permitCap];
    const { count, amounts } = startable(this, limits, now);
    if (count > 0) state.run.unheard.push([state.pushSeq, count]);
    this.#start(count, amounts, limits);
    // what a run has perhaps not heard of must not be taken back by what overtakes it
    if (state.run.deliveredPush < state.pushSeq - 1) return [...state.inUse];
    return state.permitCap.map((level, i) => Math.min(level, state.inUse[i] ?? 0));
  }

  /** A sync that crossed with pushes tells of what they let start as if it still waited. */
  #readUnheard({ now, definition: { limits } }: Books): void {
    const { state } = this;
    if (state.run === undefined) return;
    state.run.unheard = state.run.unheard.filter(([seq]) => seq > state.seenPush);
    const most = state.run.unheard.reduce((sum, [, started]) => sum + started, 0);
    const { count, amounts } = startable(this, limits, now, most);
    this.#start(count, amounts, limits);
  }

  #start(count: number, amounts: readonly number[], limits: readonly LimitDefinition[]): void {
    const { state } = this;
    amounts.forEach((amount, i) => {
      const taken = limits[i]?.kind === 'resource' ? state.inUse : state.starting;
      taken[i] = (taken[i] ?? 0) + amount;
    });
    let left = count;
    while (left > 0) {
      const [run] = state.demand;
      if (run === undefined) return;
      const [times, ...wish] = run;
      if (times <= left) state.demand.shift();
      else state.demand[0] = [times - left, ...wish];
      left -= times;
    }
  }

  /** Whether this is less than the client has in use, and it had more before. */
  #takesBack(level: readonly number[]): boolean {
    const { state } = this;
    return level.some((permits, i) => permits < (state.inUse[i] ?? 0) && permits < (state.permitCap[i] ?? 0));
  }

  #remember(seq: number, level: readonly number[]): void {
    const { unseen } = this.state;
    unseen.push([seq, ...level]);
    if (unseen.length <= MAX_UNSEEN) return;
    const [oldest = [0], next = [0]] = unseen.splice(0, 2);
    unseen.unshift(next.map((permits, i) => Math.max(permits, oldest[i] ?? 0)) as [number, ...number[]]);
  }

  #readPermits(sync: Sync): void {
    const { state } = this;
    const most = state.kept.map((_, i) => this.maxPossibleInUse(i));
    const seen = Math.max(state.seenPush, Math.min(sync.seen, state.pushSeq));
    if (seen > state.seenPush) state.repeats = 0;
    state.seenPush = seen;
    state.unseen = state.unseen.filter(([seq]) => seq > seen);
    // a client never uses more than it was given, whatever it says
    state.kept = most.map((permits, i) => Math.min(permits, sync.keep[i] ?? 0));
    state.inUse = most.map((permits, i) => Math.min(permits, sync.inUse[i] ?? 0));
    if (seen === state.pushSeq)
      state.permitCap = state.permitCap.map((level, i) => Math.min(level, state.kept[i] ?? 0));
  }
}

/** Most acquisitions let start in one go: demand that costs next to nothing must not take for ever. */
const MAX_STARTS = 10_000;

/** What a workflow run could start now of what it waits for. */
export interface Startable {
  /** How many acquisitions, from the first. */
  readonly count: number;
  /** What they take together, by limit. */
  readonly amounts: readonly number[];
  /** When the one after them could start; `Infinity` if that is not known. */
  readonly nextAt: number;
  /** Whether there is none after them. */
  readonly isAll: boolean;
}

/** Looks how far the permits and the units that are set aside for a run go. */
export function startable(
  account: ClientAccount,
  limits: readonly LimitDefinition[],
  now: number,
  most = MAX_STARTS,
): Startable {
  const { demand, permitCap, inUse, starting } = account.state;
  const taken = limits.map(({ kind }, i) => (kind === 'resource' ? inUse[i] : starting[i]) ?? 0);
  const sum = limits.map(() => 0);
  let count = 0;
  for (const [times, , , ...amounts] of demand) {
    for (let k = 0; k < times; k += 1) {
      let at = now;
      for (let i = 0; i < limits.length; i += 1) {
        const amount = amounts[i] ?? 0;
        if (amount === 0) continue;
        const needed = (taken[i] ?? 0) + (sum[i] ?? 0) + amount;
        if (limits[i]?.kind !== 'resource') at = Math.max(at, account.units.startsAt(i, needed));
        else if (needed > (permitCap[i] ?? 0)) at = Infinity;
      }
      if (at > now || count === most) return { count, amounts: sum, nextAt: at, isAll: false };
      amounts.forEach((amount, i) => (sum[i] = (sum[i] ?? 0) + amount));
      count += 1;
    }
  }
  return { count, amounts: sum, nextAt: Infinity, isAll: true };
}
