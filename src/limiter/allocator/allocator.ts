import { revisable } from '../algorithms/algorithms';
import { cloneJSON } from '../checks/clone-json';
import { SNAPSHOT_VERSION, type AllocatorSnapshot } from './snapshot/snapshot';
import { allocatorStats, type AllocatorStats } from './allocator-stats';
import { ClientAccount } from './account/client-account';
import { firstDoublings } from './account/grant-life';
import type { ClientState } from './account/client-state';
import { sameDefinition, type SetDefinition } from '../definition/definition';
import { definitionFault, plainDefinition } from '../definition/definition-check';
import type { RunAddress } from '../protocol/address';
import type { Books } from './account/grant-book';
import { Ledger } from '../ledger/ledger';
import { assignPermitCaps } from './grants/permit-caps';
import { pacingOf, smoothedLag, type Pacing } from '../protocol/pacing';
import { fitsOneMore } from './snapshot/snapshot-budget';
import { readSnapshot } from './snapshot/snapshot-check';
import { Admission, type Delivery } from './admission';
import { ProviderWatch } from './provider-watch';
import { contentsFault, envelopeFault } from '../protocol/sync-check';
import { UnitGrants } from './grants/unit-grants';
import type { Push, Sync } from '../protocol/wire';
import { readSync, type SyncReport } from '../protocol/codec';
import type { Vector } from '../vector/vector';

export type { AllocatorSnapshot } from './snapshot/snapshot';
export type { AllocatorStats } from './allocator-stats';
export type { Delivery } from './admission';

/** How many pushes are under way to a client. */
type PushesUnderWay = (client: string) => number;

/**
 * Hands the capacity of one limit set out to clients. The only one who may.
 *
 * A1. What is granted is held in the ledger until it is known to have started or to be returned; see the ledger's L2.
 * A2. The permits that clients may have in use, whatever message was lost, never exceed the capacity.
 * A3. Demands are granted whole, oldest first within a priority; one that cannot be granted yet is passed only by those
 *     that leave it room in every limit it asks for.
 * A4. A process that was silent for a lease loses its permits; it hears so when it speaks again. A workflow run keeps what
 *     it has until it says or somebody finds out that it is closed.
 * A5. Fencing tokens only grow, also over a limiter that was lost and started anew.
 */
export class Allocator {
  readonly #clients = new Map<string, ClientAccount>();
  #definition: SetDefinition;
  #ledger: Ledger;
  #fence: number;
  readonly #birth: number;
  #counters = { syncs: 0, pushes: 0, grants: 0, refused: 0 };
  #admission = new Admission();
  #provider = new ProviderWatch();
  /** What an exchange with a process takes of late; 0 until there was one. Unit: milliseconds. */
  #lagMs = 0;
  /** How often the life of grants to newcomers is doubled. */
  readonly #doublings: number;

  /** @param startedAt When its server was asked to start it: a server that took long for that takes long to answer, too. */
  constructor(definition: SetDefinition, now: number, startedAt = now) {
    this.#definition = definition;
    this.#doublings = firstDoublings(now - startedAt, pacingOf(definition, 0).lifeMs);
    this.#ledger = new Ledger(definition.limits, now, [], revisable);
    this.#birth = Math.floor(now);
    this.#fence = this.#birth;
  }

  /** @throws RangeError for a snapshot that is damaged, or of an unknown version */
  static restore(saved: AllocatorSnapshot, now: number): Allocator {
    const snapshot = readSnapshot(saved);
    const allocator = new Allocator(snapshot.definition, snapshot.birth);
    allocator.#ledger = new Ledger(snapshot.definition.limits, now, snapshot.ledger, revisable);
    allocator.#fence = snapshot.fence;
    allocator.#counters = { ...snapshot.counters };
    allocator.#admission = new Admission(snapshot.lastRetryAt);
    allocator.#lagMs = snapshot.lagMs;
    allocator.#provider = new ProviderWatch(snapshot.provider);
    allocator.#provider.adapt(snapshot.definition, allocator.#ledger, now);
    // a push that was under way may have ended with the run before: unconfirmed, it will be repeated
    for (const state of snapshot.clients) allocator.#clients.set(state.id, new ClientAccount(cloneJSON(state)));
    for (const account of allocator.#clients.values()) account.resume();
    return allocator;
  }

  snapshot(): AllocatorSnapshot {
    const provider = this.#provider.snapshot;
    return {
      snapshot: SNAPSHOT_VERSION,
      definition: this.#definition,
      ledger: this.#ledger.snapshot(),
      clients: [...this.#clients.values()].map(({ state }) => cloneJSON(state)),
      fence: this.#fence,
      birth: this.#birth,
      counters: { ...this.#counters },
      lastRetryAt: this.#admission.lastRetryAt,
      lagMs: this.#lagMs,
      ...(provider !== undefined && { provider }),
    };
  }

  /** The definition that is running. */
  get definition(): SetDefinition {
    return this.#definition;
  }

  /** How it times what it says, on a server that is as quick as this one was of late. */
  get pacing(): Pacing {
    return pacingOf(this.#definition, this.#lagMs);
  }

  /** Takes over what a client says. Whatever it is, nothing breaks; what makes no sense is counted and answered. */
  receive(message: unknown, now: number): void {
    this.#counters.syncs += 1;
    const fault = envelopeFault(message);
    if (fault !== undefined) this.#refuse(message, fault, now);
    else this.#receiveSync(message as Sync, now);
  }

  /** Puts a newer definition into force; capacity that is taken stays taken. */
  redefine(definition: SetDefinition, now: number): void {
    const { limits } = this.#definition;
    for (const account of this.#clients.values()) {
      account.units.close(this.#books(now));
      account.redefine(limits, definition.limits);
    }
    this.#ledger = this.#ledger.redefine(definition.limits, now);
    this.#definition = definition;
  }

  /** Hands out what can be handed out as of now. Says when to be called again, if nothing is heard before. */
  advance(now: number): number {
    this.#provider.adapt(this.#definition, this.#ledger, now);
    const inForce = this.#provider.inForce(this.#definition, now);
    const { limits, timing } = inForce;
    const { leaseMs } = timing;
    const { pacing } = this;
    let again = Infinity;
    for (const account of [...this.#clients.values()]) {
      again = Math.min(again, account.units.expire(this.#books(now), pacing.graceMs));
      const endsAt =
        account.run === undefined ? account.state.channel.lastSeenAt + leaseMs + 1 : unconfirmedAt(account, leaseMs);
      if (now < endsAt) again = Math.min(again, endsAt);
      else if (account.run === undefined) this.#close(account, now);
    }
    const accounts = [...this.#clients.values()];
    const newFence = (): number => (this.#fence += 1);
    const isHeldUp = (account: ClientAccount, wanted: Vector): boolean => {
      const readyAt = this.#ledger.readyAt(account.units.lacking(wanted, limits), now);
      if (readyAt <= now + pacing.farthestMs) return false;
      const soonest = Math.max(this.#ledger.nextLanding(), now + timing.guardMs);
      again = Math.min(again, readyAt === Infinity ? soonest : readyAt - pacing.farthestMs);
      return true;
    };
    again = Math.min(again, this.#provider.advance(accounts, now));
    const mayStart = (account: ClientAccount): boolean => this.#provider.mayStart(account);
    for (const account of assignPermitCaps(accounts, limits, newFence, isHeldUp, mayStart)) {
      // what a run was to start with permits that others get now may be all that those lack: they would wait for each other
      if (account.run !== undefined) account.units.recall(this.#books(now));
    }
    const grants = new UnitGrants(inForce, pacing, this.#ledger, now, this.#counters.grants);
    again = Math.min(again, grants.make(accounts.filter((account) => !account.units.isDeaf(now) && mayStart(account))));
    this.#counters.grants += grants.made;
    this.#provider.note({ ledger: this.#ledger, definition: inForce, now }, accounts);
    for (const account of accounts) {
      if (account.run === undefined) again = Math.min(again, account.repeat(now, pacing.repeatMs));
      else if (mayStart(account)) again = Math.min(again, account.offer(limits, now, pacing.reachMs));
    }
    return again;
  }

  /**
   * From when on it has nothing to remember: no client has an account, all that was taken has recovered, and its provider no
   * longer asks to be left alone. Whoever starts it anew then starts the same. `Infinity` while that cannot be foreseen.
   */
  quietAt(now: number): number {
    if (this.#clients.size > 0) return Infinity;
    const whole = this.#definition.limits.map(({ capacity }) => capacity);
    const recoveredAt = this.#ledger.readyAt(whole, now);
    // promises recover from the moment on at which they land
    const foreseeableAt = recoveredAt === Infinity ? this.#ledger.nextLanding() : recoveredAt;
    return Math.max(foreseeableAt, this.#provider.suspendedUntil);
  }

  /**
   * Workflow runs that have something and have not been heard of for long: somebody should find out whether they are
   * still open, and report that by {@link Allocator.ended}. They are not named again for a while.
   */
  unconfirmed(now: number): RunAddress[] {
    return unconfirmedRuns([...this.#clients.values()], this.#definition.timing.leaseMs, now);
  }

  /** Whoever hears at these addresses, process or workflow run, is known to have ended: what it had goes to others. */
  ended(addresses: readonly string[], now: number): void {
    const gone = new Set(addresses);
    for (const account of [...this.#clients.values()])
      if (gone.has(account.state.channel.queue)) this.#close(account, now, now);
  }

  /** This push has reached its workflow run. */
  delivered({ client, seq }: Push): void {
    this.#clients.get(client)?.delivered(seq);
  }

  /** A process has answered a push so long after it was written. */
  answered(tookMs: number): void {
    this.#lagMs = smoothedLag(this.#lagMs, tookMs);
  }

  /** Whether one of the clients has something to hear, and room for another push. */
  hasNews(underWay: PushesUnderWay): boolean {
    return [...this.#clients.values()].some(({ state }) => state.channel.dirty && this.#hasRoom(state, underWay));
  }

  /** The pushes to the clients that have something to hear and room for another push, each with the whole lease. */
  publish(now: number, underWay: PushesUnderWay = () => 0): Delivery[] {
    const pushes = this.#admission.take();
    for (const account of this.#clients.values()) {
      const { dirty, queue } = account.state.channel;
      if (dirty && this.#hasRoom(account.state, underWay)) pushes.push({ queue, push: this.#push(account, now) });
    }
    this.#counters.pushes += pushes.length;
    return pushes;
  }

  stats(now: number): AllocatorStats {
    const states = [...this.#clients.values()].map(({ state }) => state);
    const turnedAway = this.#admission.expected(now);
    const provider = this.#provider.stats(this.#definition, now);
    const stats = allocatorStats(this.#definition, this.#ledger.stats(now), states, turnedAway, this.#counters);
    return { ...stats, ...(provider !== undefined && { provider }) };
  }

  #push(account: ClientAccount, now: number): Push {
    const provider = this.#provider;
    return account.publish(
      now,
      this.#definition,
      this.#lagMs,
      provider.mayStart(account),
      provider.newsFor(account, this.#definition, now),
    );
  }

  /** What changes while pushes are under way goes with the next. */
  #hasRoom({ id }: ClientState, underWay: PushesUnderWay): boolean {
    return underWay(id) < this.pacing.pushesAtOnce;
  }

  #receiveSync(sync: Sync, now: number): void {
    const { definition } = sync;
    const definitionIsBad = definition === undefined ? undefined : definitionFault(definition);
    if (definitionIsBad !== undefined) {
      this.#refuse(sync, `definition: ${definitionIsBad}`, now);
      return;
    }
    if (definition !== undefined && definition.version > this.#definition.version)
      this.redefine(plainDefinition(definition), now);
    const known = this.#clients.get(sync.client);
    const isOutdated = sync.version !== this.#definition.version;
    if (isOutdated && sync.ends === true && known !== undefined) this.#close(known, now);
    else if (isOutdated) {
      this.#transferHoldings(sync, now);
      this.#admission.answer(sync, 'redefined', this.#definition, now);
    } else if (definition === undefined || sameDefinition(definition, this.#definition)) this.#read(sync, now);
    else if (known === undefined) this.#admission.answer(sync, 'conflict', this.#definition, now);
    else this.#refuse(sync, 'definition: not the one by which this client is known', now);
  }

  #read(sync: Sync, now: number): void {
    const fault = contentsFault({ ...sync }, this.#definition.limits);
    if (fault !== undefined) {
      this.#refuse(sync, fault, now);
      return;
    }
    const known = this.#clients.get(sync.client);
    if (known !== undefined) this.#hear(known, readSync(sync), now);
    else if (sync.fence === 0) this.#open(readSync(sync), now);
    // a lease of this limiter's life that is not in the books has run out; one of an earlier life is opened anew
    else this.#admission.answer(sync, sync.fence >= this.#birth ? 'lost' : 'redefined', this.#definition, now);
  }

  #hear(account: ClientAccount, sync: SyncReport, now: number): void {
    const isNew = account.read(sync, this.#books(now));
    if (isNew && sync.feedback !== undefined) {
      const books = { ledger: this.#ledger, definition: this.#definition, now };
      this.#provider.hear(account, sync.feedback, this.#clients.values(), books);
    }
    // or whoever repeats a number could have it give back what it holds
    if (sync.ends !== true || !isNew) return;
    account.units.drop(this.#books(now));
    this.#clients.delete(sync.client);
  }

  #open(sync: SyncReport, now: number): void {
    const before = sync.replaces === undefined ? undefined : this.#clients.get(sync.replaces);
    const known = [...this.#clients.values()].map(({ state }) => ({ id: state.id, queue: state.channel.queue }));
    const newcomer = { id: sync.client, queue: sync.queue };
    if (before === undefined && !fitsOneMore(newcomer, known, this.#definition.limits.length)) {
      const detail = `its limiter has ${known.length} clients, and no room for another one yet`;
      if (sync.ends !== true) this.#admission.turnAway(sync, this.#definition, now, detail);
      return;
    }
    if (before !== undefined) this.#close(before, now);
    this.#fence += 1;
    const account = ClientAccount.open(sync, this.#definition.limits.length, this.#fence, now);
    account.state.units.doublings = this.#doublings;
    this.#clients.set(sync.client, account);
    this.#hear(account, sync, now);
  }

  /**
   * Has a client that came after one whose account is closed, and has to be redefined itself, hold what that one held. Its
   * own successor names only it: without this, nobody would take over what is in use, and it would be counted twice.
   */
  #transferHoldings({ client, replaces, queue, seq }: Sync, now: number): void {
    const before = replaces === undefined ? undefined : this.#clients.get(replaces);
    if (before?.state.channel.outdated !== true || this.#clients.has(client)) return;
    const { state } = before;
    this.#clients.delete(state.id);
    state.id = client;
    Object.assign(state.channel, { queue, seq, lastSeenAt: now });
    this.#clients.set(client, before);
  }

  #close(account: ClientAccount, now: number, until?: number): void {
    account.units.close(this.#books(now), until);
    this.#clients.delete(account.state.id);
  }

  #books(now: number): Books {
    const guards = this.#provider.guards(this.#definition);
    return { ledger: this.#ledger, definition: this.#provider.inForce(this.#definition, now), guards, now };
  }

  #refuse(message: unknown, fault: string, now: number): void {
    this.#counters.refused += 1;
    const { client, queue, seq } = (message ?? {}) as Partial<Record<keyof Sync, unknown>>;
    if (typeof client !== 'string' || typeof queue !== 'string' || !Number.isSafeInteger(seq)) return;
    // what claims to come from somebody who is understood otherwise does not come from there
    if (this.#clients.has(client)) return;
    const addressee = { client, queue, seq: seq as number };
    this.#admission.answer(addressee, 'refused', this.#definition, now, `not understood: ${fault}`);
  }
}

/** How often in a lease it is asked whether a silent workflow run is still open: its permits are to be back within it. */
const DOUBTS_PER_LEASE = 2;
/** Whose time would come within this share of a lease is asked after together with others. */
const TOGETHER_SHARE = 1 / 8;

/** When it is to be asked whether a workflow run is still open. */
function unconfirmedAt({ state }: ClientAccount, leaseMs: number): number {
  return Math.max(state.channel.lastSeenAt, state.run?.askedAt ?? -Infinity) + leaseMs / DOUBTS_PER_LEASE;
}

/** The workflow runs after which to ask now; they are taken to have been asked after. */
function unconfirmedRuns(accounts: readonly ClientAccount[], leaseMs: number, now: number): RunAddress[] {
  const isDue = (account: ClientAccount, at: number): boolean =>
    account.run !== undefined && unconfirmedAt(account, leaseMs) <= at;
  if (!accounts.some((account) => isDue(account, now))) return [];
  const found = new Map<string, RunAddress>();
  for (const account of accounts) {
    const { run, state } = account;
    if (run === undefined || state.run === undefined || !isDue(account, now + leaseMs * TOGETHER_SHARE)) continue;
    state.run.askedAt = now;
    found.set(run.runId, run);
  }
  return [...found.values()];
}
