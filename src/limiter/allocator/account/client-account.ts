import { reorder, type LimitDefinition, type SetDefinition } from '../../definition/definition';
import { runAt, type RunAddress } from '../../protocol/address';
import { grantRow, type SyncReport } from '../../protocol/codec';
import { rejectionPush, WIRE_VERSION, type Push } from '../../protocol/wire';
import { addAt, addTo, at, larger, smaller, sum, zeros, type Vector } from '../../vector/vector';
import { signatureOf } from '../../waiting/signature-queues';
import { newClientState, noUnits, type ClientState } from './client-state';
import { GrantBook } from './grant-book';
import type { Books } from './landing';

/** Most unconfirmed pushes told apart; past it the oldest two count as one. */
const MAX_UNSEEN = 8;

/**
 * The limiter's account of one client.
 *
 * C3. `maxPossibleInUse` is at least what the client can have in use given the pushes it may or may not have heard.
 */
export class ClientAccount {
  readonly units: GrantBook;
  /** The workflow run that it is, if it is one. */
  readonly run: RunAddress | undefined;

  constructor(readonly state: ClientState) {
    this.units = new GrantBook(state);
    this.run = state.run && runAt(state.channel.queue);
  }

  static open(sync: SyncReport, limits: number, fence: number, now: number): ClientAccount {
    return new ClientAccount(newClientState(sync, limits, fence, now));
  }

  /** The most permits of one limit that the client may have in use, whatever message was lost. */
  maxPossibleInUse(index: number): number {
    const { kept, cap, unseen } = this.state.permits;
    // what is set aside for a run is not its own until a push says so
    const sure = Math.max(at(kept, index), this.run === undefined ? at(cap, index) : 0);
    return unseen.reduce((most, push) => Math.max(most, at(push.cap, index)), sure);
  }

  /** Takes over a sync, if it is newer; says whether it is. The caller has checked its form. */
  read(sync: SyncReport, books: Books): boolean {
    const { channel, units, demand, scheduling } = this.state;
    const { now } = books;
    channel.lastSeenAt = now;
    if (sync.seq <= channel.seq) return false;
    channel.seq = sync.seq;
    channel.readAt = now;
    if (this.run === undefined) channel.queue = sync.queue;
    else this.units.recall(books);
    this.units.read(sync, books);
    this.#readPermits(sync);
    units.starting = [...sync.starting];
    scheduling.holdingMs = sync.holdingMs;
    demand.ahead = [...sync.ahead];
    demand.waiting = sync.demand.map((entry) => ({
      ...entry,
      since: entry.since > 0 ? Math.min(entry.since, now) : now,
    }));
    if (sync.reply) channel.dirty = true;
    this.#readUnheard(books);
    return true;
  }

  /** Sets how many permits the client may use. */
  setPermitCap(cap: Vector): void {
    const { permits, demand, channel } = this.state;
    if (cap.every((amount, i) => amount === permits.cap[i])) return;
    // a run gives back what it releases, unless it has a use for it itself
    const mustHear = this.run === undefined || (demand.waiting.length > 0 && this.#takesBack(cap));
    permits.cap = [...cap];
    if (mustHear) channel.dirty = true;
  }

  /**
   * Has a workflow run hear what it could start by now. While more of it will come in time, it hears of several together:
   * each push costs it a workflow task. Says when to look again.
   */
  offer(limits: readonly LimitDefinition[], now: number, togetherMs: number): number {
    const { channel } = this.state;
    const { count, nextAt, isAll } = startable(this, limits, now);
    if (count === 0) return nextAt;
    const pushAt = isAll || nextAt === Infinity ? now : channel.pushedAt + togetherMs;
    if (pushAt > now) return pushAt;
    channel.dirty = true;
    return nextAt;
  }

  /** This push has reached the workflow run. */
  delivered(seq: number): void {
    const { run } = this.state;
    if (run !== undefined) run.deliveredPush = Math.max(run.deliveredPush, seq);
  }

  /** Whatever was under way ended with the limiter's run; it is written again where nothing else would have it repeated. */
  resume(): void {
    const { run, channel } = this.state;
    if (run === undefined) return;
    run.askedAt = 0;
    if (run.deliveredPush < channel.pushSeq) channel.dirty = true;
  }

  /**
   * Has the newest push written again if the client has not confirmed it for long, and after twice as long again and again:
   * others may wait for what it takes away. Says when to look again.
   */
  repeat(now: number, repeatMs: number): number {
    const { channel } = this.state;
    // one that asks by query finds it when it asks, and a signal is known to have arrived
    if (channel.queue === '' || this.run !== undefined) return Infinity;
    if (!channel.dirty) {
      if (channel.seenPush === channel.pushSeq) return Infinity;
      const repeatAt = channel.pushedAt + (channel.repeats === 0 ? repeatMs : 2 * repeatMs);
      if (now < repeatAt) return repeatAt;
      channel.repeats += 1;
      channel.dirty = true;
    }
    return now + repeatMs;
  }

  /** Lays the closed account out for other definitions; the client will have to open a new one. */
  redefine(from: readonly LimitDefinition[], to: readonly LimitDefinition[]): void {
    const { state } = this;
    const { firstGrant, seenGrants, doublings } = state.units;
    state.units = { ...noUnits(to.length), firstGrant, seenGrants, doublings };
    state.permits = {
      inUse: reorder(state.permits.inUse, from, to),
      cap: zeros(to.length),
      kept: reorder(this.#mostInUse(), from, to),
      unseen: [],
    };
    state.demand = { waiting: [], ahead: zeros(to.length) };
    state.scheduling.heldUp = [];
    state.channel.outdated = true;
    state.channel.dirty = true;
  }

  /** Writes the client's whole lease, as of now. */
  publish(
    now: number,
    definition: SetDefinition,
    lagMs: number,
    mayStart = true,
    news: Pick<Push, 'provider' | 'guardMs'> = {},
  ): Push {
    const { id, fence, opened, channel, units, scheduling } = this.state;
    channel.pushSeq += 1;
    channel.pushedAt = now;
    channel.dirty = false;
    if (channel.outdated) return rejectionPush(id, channel.seq, 'redefined', definition, now);
    const cap = this.#letStart(now, definition.limits, mayStart);
    const isKeptBack = this.run !== undefined && !mayStart;
    const grants = units.grants.filter(({ notBefore }) => this.run === undefined || (!isKeptBack && notBefore <= now));
    for (const grant of grants) grant.published = true;
    this.#remember(channel.pushSeq, cap);
    const skip = Math.max(0, units.seenGrants - units.firstGrant + 1);
    return {
      wire: WIRE_VERSION,
      client: id,
      seq: channel.pushSeq,
      ack: channel.seq,
      ackAt: channel.readAt,
      now,
      status: 'granted',
      fence,
      ...(opened === undefined ? {} : { opened }),
      firstGrant: units.firstGrant + skip,
      grants: grants.slice(skip).map(grantRow),
      levels: cap,
      more: scheduling.blockedByPermits,
      ...(lagMs > 0 ? { lagMs: Math.round(lagMs) } : {}),
      ...(scheduling.heldUp.length === 0 ? {} : { heldUp: [...scheduling.heldUp] }),
      ...(this.run === undefined && news),
    };
  }

  /** What a push says that a run may start, it starts: nothing has to come back. Says which permits it is to have. */
  #letStart(now: number, limits: readonly LimitDefinition[], mayStart: boolean): number[] {
    const { run, permits, channel } = this.state;
    if (run === undefined) return [...permits.cap];
    const started = startable(this, limits, now, mayStart ? MAX_STARTS : 0);
    if (started.count > 0) run.unheard.push({ seq: channel.pushSeq, started: started.count });
    this.#start(started, limits);
    // what a run has perhaps not heard of must not be taken back by what overtakes it
    if (run.deliveredPush < channel.pushSeq - 1) return [...permits.inUse];
    return smaller(permits.cap, permits.inUse);
  }

  /** A sync that crossed with pushes lists what they let start as if it still waited. */
  #readUnheard({ now, definition: { limits } }: Books): void {
    const { run, channel } = this.state;
    if (run === undefined) return;
    run.unheard = run.unheard.filter(({ seq }) => seq > channel.seenPush);
    const most = run.unheard.reduce((count, { started }) => count + started, 0);
    this.#start(startable(this, limits, now, most), limits);
  }

  #start({ counts, amounts }: Startable, limits: readonly LimitDefinition[]): void {
    const { permits, units, demand } = this.state;
    limits.forEach(({ kind }, i) => {
      const taken = kind === 'resource' ? permits.inUse : units.starting;
      taken[i] = at(taken, i) + at(amounts, i);
    });
    demand.waiting = demand.waiting
      .map((entry, place) => ({ ...entry, count: entry.count - at(counts, place) }))
      .filter(({ count }) => count > 0);
  }

  /** Whether this is less than the client has in use, and it had more before. */
  #takesBack(cap: Vector): boolean {
    const { permits } = this.state;
    return cap.some((amount, i) => amount < at(permits.inUse, i) && amount < at(permits.cap, i));
  }

  #remember(seq: number, cap: number[]): void {
    const { unseen } = this.state.permits;
    unseen.push({ seq, cap });
    if (unseen.length <= MAX_UNSEEN) return;
    const [oldest, next] = unseen.splice(0, 2);
    if (oldest !== undefined && next !== undefined)
      unseen.unshift({ seq: next.seq, cap: larger(next.cap, oldest.cap) });
  }

  #readPermits(sync: SyncReport): void {
    const { permits, channel } = this.state;
    const most = this.#mostInUse();
    const seen = Math.max(channel.seenPush, Math.min(sync.seen, channel.pushSeq));
    if (seen > channel.seenPush) channel.repeats = 0;
    channel.seenPush = seen;
    permits.unseen = permits.unseen.filter(({ seq }) => seq > seen);
    // a client never uses more than it was given, whatever it says
    permits.kept = smaller(most, sync.keep);
    permits.inUse = smaller(most, sync.inUse);
    if (seen === channel.pushSeq) permits.cap = smaller(permits.cap, permits.kept);
  }

  #mostInUse(): number[] {
    return this.state.permits.kept.map((_, i) => this.maxPossibleInUse(i));
  }
}

/** Most acquisitions let start in one go: demand that costs next to nothing must not take forever. */
const MAX_STARTS = 10_000;

/** What a workflow run could start now of what it waits for. */
export interface Startable {
  /** How many acquisitions. */
  readonly count: number;
  /** How many of each entry of its demand. */
  readonly counts: readonly number[];
  /** What they take together, by limit. */
  readonly amounts: Vector;
  /** When the first of the others could start; `Infinity` if that is not known. */
  readonly nextAt: number;
  /** Whether there are no others. */
  readonly isAll: boolean;
}

/**
 * Looks how far the permits and the units that are set aside for a run go. Where one cannot start, those behind it can
 * that ask for other limits, and for the same as far as what is set aside for it is not touched.
 */
function startable(
  account: ClientAccount,
  limits: readonly LimitDefinition[],
  now: number,
  most = MAX_STARTS,
): Startable {
  const { demand, permits, units, scheduling } = account.state;
  const taken = limits.map(({ kind }, i) => at(kind === 'resource' ? permits.inUse : units.starting, i));
  const amounts = zeros(limits.length);
  const counts = zeros(demand.waiting.length);
  /** Signatures of which one cannot start. */
  const stopped = new Set<number>();
  let count = 0;
  let nextAt = Infinity;
  for (const [place, entry] of demand.waiting.entries()) {
    const signature = signatureOf(entry.amounts);
    for (let k = 0; k < entry.count && !stopped.has(signature); k += 1) {
      const { unitsAt, hasPermits } = neededAt(account, limits, sum(taken, amounts), entry.amounts);
      if (hasPermits && unitsAt <= now && count < most) {
        addTo(amounts, entry.amounts);
        addAt(counts, place, 1);
        count += 1;
        continue;
      }
      stopped.add(signature);
      if (hasPermits) nextAt = Math.min(nextAt, Math.max(unitsAt, now));
      // units come for whole requests: what is here before them is meant for others
      const keepsUnits = hasPermits && unitsAt < Infinity;
      const keepsPermits = unitsAt < Infinity || !scheduling.heldUp.includes(signature);
      limits.forEach(({ kind }, i) => {
        if (kind === 'resource' ? keepsPermits : keepsUnits) addAt(taken, i, at(entry.amounts, i));
      });
    }
  }
  return { count, counts, amounts, nextAt, isAll: stopped.size === 0 };
}

/** When the units of an acquisition can be started, beside those that are taken, and whether there are permits for it. */
function neededAt(
  { units, state }: ClientAccount,
  limits: readonly LimitDefinition[],
  taken: Vector,
  amounts: Vector,
): { readonly unitsAt: number; readonly hasPermits: boolean } {
  let unitsAt = -Infinity;
  let hasPermits = true;
  for (const [i, { kind }] of limits.entries()) {
    const amount = at(amounts, i);
    if (amount === 0) continue;
    const needed = at(taken, i) + amount;
    if (kind !== 'resource') unitsAt = Math.max(unitsAt, units.startsAt(i, needed));
    else if (needed > at(state.permits.cap, i)) hasPermits = false;
  }
  return { unitsAt, hasPermits };
}
