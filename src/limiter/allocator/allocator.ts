import { revisable } from '../algorithms/algorithms';
import type { ChangeOutcome, ChangeRequest } from '../control/change';
import { MinuteHistory, type Sight } from '../control/history';
import { summaryText } from '../control/summary';
import type { Inspection, InspectOptions } from '../control/inspection';
import type { Vector } from '../vector/vector';
import { inspectSet, type InspectedSet } from './inspect';
import { cloneJSON } from '../checks/clone-json';
import { SNAPSHOT_VERSION, type AllocatorSnapshot } from './snapshot/snapshot';
import { allocatorStats, type AllocatorStats } from './allocator-stats';
import { ClientAccount } from './account/client-account';
import { firstDoublings } from './account/grant-life';
import { unconfirmedAt, unconfirmedRuns } from './account/unconfirmed-runs';
import { sightOf } from './sight';
import type { ClientState } from './account/client-state';
import { sameDefinition, type SetDefinition } from '../definition/definition';
import { definitionFault, plainDefinition } from '../definition/definition-check';
import type { RunAddress } from '../protocol/address';
import type { Books } from './account/landing';
import { Ledger } from '../ledger/ledger';
import { assignPermitCaps } from './grants/permit-caps';
import { pacingOf, smoothedLag, type Pacing } from '../protocol/pacing';
import { fitsOneMore } from './snapshot/snapshot-budget';
import { readSnapshot } from './snapshot/snapshot-check';
import { Admission, type Delivery } from './admission';
import { Conditions } from './conditions';
import { contentsFault, envelopeFault } from '../protocol/sync-check';
import { UnitGrants } from './grants/unit-grants';
import type { Push, Sync } from '../protocol/wire';
import { readSync, type SyncReport } from '../protocol/codec';

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
 *     it has until it reports its end, or a probe finds it closed.
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
  #conditions = new Conditions();
  #history = new MinuteHistory();
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
    allocator.#conditions = new Conditions(snapshot);
    allocator.#conditions.resize(allocator.#ledger, snapshot.definition, now);
    allocator.#history = new MinuteHistory(snapshot.history);
    // a push that was under way may have ended with the run before: unconfirmed, it will be repeated
    for (const state of snapshot.clients) allocator.#clients.set(state.id, new ClientAccount(cloneJSON(state)));
    for (const account of allocator.#clients.values()) account.resume();
    allocator.#history.begin(allocator.#sight(now));
    return allocator;
  }

  snapshot(): AllocatorSnapshot {
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
      ...this.#conditions.snapshot,
      history: this.#history.minutes,
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
    this.#history.begin(this.#sight(now));
  }

  /**
   * Makes a change that an operator asks for, or says what is wrong with it.
   *
   * @throws InvalidChangeError
   */
  change(request: ChangeRequest, now: number): ChangeOutcome {
    this.checkChange(request, now);
    const outcome = this.#conditions.change(request, this.#definition, now);
    const gone = request.action === 'forget' && this.#clients.get(request.client ?? '');
    if (gone) this.#close(gone, now); // it may run on, and start what it was granted
    this.#tellAll();
    return outcome;
  }

  /** @throws InvalidChangeError naming what is wrong with what claims to be a change */
  checkChange(request: unknown, now: number): void {
    this.#conditions.check(request, this.#definition, now, this.#clients);
  }

  /** Hands out what can be handed out as of now. Says when to be called again, if nothing is heard before. */
  advance(now: number): number {
    if (this.#conditions.update(this.#definition, now)) this.#tellAll();
    const inForce = this.#conditions.resize(this.#ledger, this.#definition, now);
    const { limits, timing } = inForce;
    const { leaseMs } = timing;
    const { pacing } = this;
    const books = this.#books(now);
    let again = Infinity;
    for (const account of [...this.#clients.values()]) {
      again = Math.min(again, account.units.expire(books, pacing.graceMs));
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
    const standing = { ledger: this.#ledger, definition: inForce, now };
    again = Math.min(again, this.#conditions.advance(standing, accounts, pacing.marginMs));
    const { mayStart, isProbing } = this.#conditions;
    for (const account of assignPermitCaps(accounts, limits, newFence, isHeldUp, isProbing)) {
      // what a run was to start with permits that others get now may be all that those lack: they would wait for each other
      if (account.run !== undefined) account.units.recall(books);
    }
    const grants = new UnitGrants(inForce, pacing, this.#ledger, now, this.#counters.grants);
    const served = accounts.filter((account) => !account.units.isDeaf(now) && mayStart(account));
    again = Math.min(again, grants.make(served, isProbing));
    this.#counters.grants += grants.made;
    this.#conditions.note(standing, accounts);
    for (const account of accounts) {
      if (account.run === undefined) again = Math.min(again, account.repeat(now, pacing.repeatMs));
      else if (mayStart(account)) again = Math.min(again, account.offer(limits, now, pacing.reachMs));
    }
    this.#history.note(limits, this.#sight(now), now);
    return again;
  }

  /**
   * From when on it has nothing to remember: no client has an account, all that was taken has recovered, its provider no
   * longer asks to be left alone, and no operator's change is in force. A new start then begins with the same state.
   * `Infinity` while that cannot be foreseen.
   */
  quietAt(now: number): number {
    if (this.#clients.size > 0) return Infinity;
    return Math.max(this.#ledger.recoveredAt(now), this.#conditions.lastEnd);
  }

  /**
   * Workflow runs that have something and have not been heard of for long: the caller is to find out whether they are
   * still open, and report those that are not by {@link Allocator.ended}. They are not named again for a while.
   */
  unconfirmed(now: number): RunAddress[] {
    return unconfirmedRuns([...this.#clients.values()], this.#definition.timing.leaseMs, now);
  }

  /** The clients at these addresses, processes or workflow runs, have ended: what they had goes to others. */
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

  /** Usage and waiting requests. Changes nothing: a query that did would not be replayed. */
  stats(now: number): AllocatorStats {
    return allocatorStats(this.#look(now), this.#counters, now);
  }

  /** Everything there is to see. Changes nothing. */
  inspect(options: InspectOptions, now: number): Omit<Inspection, 'set'> {
    return inspectSet(this.#look(now), options, now);
  }

  /** A few lines of Markdown. */
  summary(now: number): string {
    const clients = this.#clients.size;
    return summaryText({ ...this.#conditions.summarise(this.#definition, now), ...this.#sight(now), clients });
  }

  #look(now: number): InspectedSet {
    return {
      ...this.#conditions.look(this.#definition, this.#ledger, now),
      accounts: [...this.#clients.values()],
      turnedAway: this.#admission.expected(now),
      history: this.#history.recent(now),
    };
  }

  #push(account: ClientAccount, now: number): Push {
    const news = this.#conditions.newsFor(account, this.#definition, now);
    return account.publish(now, this.#definition, this.#lagMs, this.#conditions.mayStart(account), news);
  }

  /** Has all processes hear anew; a workflow run hears what it may start. */
  #tellAll(): void {
    for (const { run, state } of this.#clients.values()) if (run === undefined) state.channel.dirty = true;
  }

  /** What is to be seen now. */
  #sight(now: number): Sight {
    return sightOf(this.#clients.values(), this.#definition.limits, this.#conditions.throttled, now);
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
      this.#conditions.hear(account, sync.feedback, this.#clients.values(), books);
    }
    // or a repeated number could make it give back what it holds
    if (sync.ends !== true || !isNew) return;
    account.units.drop(this.#books(now));
    this.#forget(account, now);
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
   * Has a client that came after one whose account is closed, and has to be redefined itself, hold what that one held.
   * Its own successor names only it: no client would take over what is in use, which would then be counted twice.
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
    this.#forget(account, now);
  }

  /** What it has used until now is history, and no news once it is gone. */
  #forget(account: ClientAccount, now: number): void {
    this.#history.note(this.#definition.limits, this.#sight(now), now);
    this.#clients.delete(account.state.id);
    this.#history.begin(this.#sight(now));
  }

  #books(now: number): Books {
    return this.#conditions.books({ definition: this.#definition, ledger: this.#ledger, now });
  }

  #refuse(message: unknown, fault: string, now: number): void {
    this.#counters.refused += 1;
    const { client, queue, seq } = (message ?? {}) as Partial<Record<keyof Sync, unknown>>;
    if (typeof client !== 'string' || typeof queue !== 'string' || !Number.isSafeInteger(seq)) return;
    // what claims to come from a client whose other messages are understood does not come from it
    if (this.#clients.has(client)) return;
    const addressee = { client, queue, seq: seq as number };
    this.#admission.answer(addressee, 'refused', this.#definition, now, `not understood: ${fault}`);
  }
}
