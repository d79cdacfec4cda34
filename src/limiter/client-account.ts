import { newClientState, type ClientState } from './client-state';
import { reorder, type LimitDefinition, type SetDefinition } from './definition';
import { farewell } from './farewell';
import { GrantBook, type Books } from './grant-book';
import { WIRE_VERSION, type GrantEntry, type Push, type Sync } from './wire';

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

  constructor(readonly state: ClientState) {
    this.units = new GrantBook(state);
  }

  static open(sync: Sync, limits: number, fence: number, now: number): ClientAccount {
    return new ClientAccount(newClientState(sync, limits, fence, now));
  }

  /** The most permits of one limit that the client may have in use, whatever message was lost. */
  ceiling(index: number): number {
    const { kept, level, unseen } = this.state;
    const sure = Math.max(kept[index] ?? 0, level[index] ?? 0);
    return unseen.reduce((most, [, ...levels]) => Math.max(most, levels[index] ?? 0), sure);
  }

  /** Takes over a sync, if it is newer. The caller has checked its form. */
  read(sync: Sync, books: Books): void {
    const { state } = this;
    const { now } = books;
    state.lastSeenAt = now;
    if (sync.seq <= state.seq) return;
    state.seq = sync.seq;
    state.readAt = now;
    state.queue = sync.queue;
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
  }

  /** Sets how many permits the client may use. */
  setLevel(level: readonly number[]): void {
    const { state } = this;
    if (level.every((permits, i) => permits === state.level[i])) return;
    state.level = [...level];
    state.dirty = true;
  }

  /** Has the newest push written again if the client has not confirmed it for long. Says when to look again. */
  repeat(now: number): number {
    const { state } = this;
    // one that asks by query finds it when it asks
    if (state.queue === '') return Infinity;
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
    const most = state.kept.map((_, i) => this.ceiling(i));
    for (const key of [
      'used',
      'returned',
      'refunded',
      'excess',
      'granted',
      'resolved',
      'starting',
      'level',
      'ahead',
    ] as const) {
      state[key] = to.map(() => 0);
    }
    state.grants = [];
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
    if (state.outdated) return farewell(state.id, state.seq, 'redefined', definition, now);
    for (const grant of state.grants) grant.published = true;
    this.#remember(state.pushSeq, state.level);
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
      grants: state.grants.slice(skip).map((g): GrantEntry => [g.notBefore, g.notAfter, ...g.amounts]),
      levels: [...state.level],
      more: state.more,
    };
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
    const most = state.kept.map((_, i) => this.ceiling(i));
    const seen = Math.max(state.seenPush, Math.min(sync.seen, state.pushSeq));
    if (seen > state.seenPush) state.repeats = 0;
    state.seenPush = seen;
    state.unseen = state.unseen.filter(([seq]) => seq > seen);
    // a client never uses more than it was given, whatever it says
    state.kept = most.map((permits, i) => Math.min(permits, sync.keep[i] ?? 0));
    state.inUse = most.map((permits, i) => Math.min(permits, sync.inUse[i] ?? 0));
    if (seen === state.pushSeq) state.level = state.level.map((level, i) => Math.min(level, state.kept[i] ?? 0));
  }
}
