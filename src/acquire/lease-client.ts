import { describeDefinition, reorder, type SetDefinition } from '../limiter/definition';
import { LeaseLostError } from '../limiter/errors/lease-lost-error';
import { LimiterUnavailableError } from '../limiter/errors/limiter-unavailable-error';
import { pacingOf } from '../limiter/pacing';
import { readPush } from '../limiter/push-check';
import type { Push, Sync } from '../limiter/wire';
import { Askers } from './askers';
import type { ClientLease } from './client-lease';
import { Gate } from './gate';
import type { LeaseClientOptions } from './lease-client-options';
import { LeaseWatch } from './lease-watch';
import { refusal } from './refusal';
import type { SyncFlow, SyncSource } from './sync-flow';

/** Syncs of one client are at least so far apart. */
const MIN_GAP_MS = 10;

/** Thrown to those that wait when what they wait for is defined anew, so that they line up again. */
export const REDEFINED = Symbol('redefined');

/**
 * The one object per process (or workflow run) and limit set that talks to the limiter, for every acquisition there.
 *
 * What happens while a sync is under way rides in the next, or comes back with a push. It never guesses: without word
 * from the limiter it lets nobody through.
 */
export class LeaseClient implements SyncSource {
  readonly #options: LeaseClientOptions;
  readonly #flow: SyncFlow;
  readonly #watch: LeaseWatch;
  readonly #askers = new Askers();
  /** The lease that took over what another one held. */
  readonly #successors = new WeakMap<ClientLease, ClientLease>();
  #lease: ClientLease;
  #gate: Gate;
  #controller: AbortController;
  #fatal: Error | undefined;
  #closed = false;
  #lastSyncAt = -Infinity;
  /** Whether the limiter does not know yet that its newest push has arrived. */
  #owesAnswer = false;

  constructor(options: LeaseClientOptions) {
    this.#options = options;
    this.#controller = options.newController();
    this.#lease = this.#newLease(options.definition);
    this.#gate = this.#newGate();
    this.#flow = options.newFlow(this);
    this.#watch = new LeaseWatch(options.clock, this);
  }

  get id(): string {
    return this.#lease.identity.client;
  }

  get lease(): ClientLease {
    return this.#lease;
  }

  get gate(): Gate {
    return this.#gate;
  }

  /** Aborts when the permits taken under the present lease are lost. */
  get lost(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why nothing will ever be granted, if so. */
  get fatal(): Error | undefined {
    return this.#fatal;
  }

  get validUntil(): number {
    return this.#lease.validUntil;
  }

  get isWaiting(): boolean {
    return this.#gate.size > 0 || this.#askers.size > 0;
  }

  /** Has the limiter asked for what lines up next, and calls back when it has read that and granted what it will grant now. */
  whenAsked(refuse: () => void): void {
    this.#askers.add(refuse);
  }

  /** What {@link whenAsked} announced has been settled otherwise. */
  forget(refuse: () => void): void {
    this.#askers.delete(refuse);
  }

  /** An acquisition ended; its permits are free for the next one here. */
  released(lease: ClientLease, amounts: readonly number[], heldMs: number): void {
    lease.finish?.(amounts);
    this.#lease.observeHolding(heldMs);
    let holder: ClientLease | undefined = lease;
    while (holder !== undefined && holder !== this.#lease) holder = this.#successors.get(holder);
    const { limits } = lease.definition;
    holder?.release(holder === lease ? amounts : reorder(amounts, limits, holder.definition.limits), this.#now());
    this.#gate.pump();
    this.#wake();
  }

  /** {@link LeaseClient.take} where what there is to say can go back with the push. */
  hear(push: Push): Sync | undefined {
    if (this.#closed || push.client !== this.id) return undefined;
    this.take(push);
    const now = this.#now();
    const reply = this.dueAt(now) <= now ? this.compose() : undefined;
    this.#wake();
    return reply;
  }

  /** Takes a push over; one for another client, for a lease that is over, or that makes no sense, changes nothing. */
  take(message: Push): void {
    const push = readPush(message, this.id, this.#lease.definition.limits);
    if (this.#closed || push === undefined) return;
    switch (push.status) {
      case 'granted':
        if (this.#lease.apply(push, this.#now())) this.#owesAnswer = true;
        this.#gate.pump();
        this.#askers.answered(push.ack);
        break;
      case 'lost':
        this.loseLease();
        break;
      case 'redefined':
        this.#redefine(push.definition ?? this.#lease.definition);
        break;
      case 'conflict':
      case 'refused':
        this.#fail(refusal(this.#options.name, this.#lease.definition, push));
    }
    this.#keepWatch();
  }

  /** Tells the limiter at once what is idle here, and so gives it back. */
  async yield(): Promise<void> {
    if (!this.#lease.registered || this.#closed) return;
    const sync = this.compose();
    this.#keepWatch();
    await this.#options.link.send(sync).catch(() => undefined);
  }

  /** Gives everything back and fails what waits. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#fail(new LimiterUnavailableError(this.#options.name, 'it has been closed'));
    this.#closed = true;
    if (!this.#lease.registered) return;
    this.#lease.revoke();
    await this.#options.link.send(this.#lease.compose([], this.#now(), false, 0)).catch(() => undefined);
  }

  dueAt(now: number): number {
    if (this.#fatal !== undefined) return Infinity;
    const { definition } = this.#lease;
    const news = this.#lease.news(this.#gate.size, this.#gate.arrivals);
    // where pushes come, the answer is due with each
    if (this.#owesAnswer) return now;
    if (news === 'urgent' || this.#askers.isNew) return Math.max(now, this.#lastSyncAt + MIN_GAP_MS);
    const renewal = this.#lease.holdsAnything || this.isWaiting ? this.#lastSyncAt + this.#lease.renewalMs : Infinity;
    const { soonMs, laterMs } = pacingOf(definition);
    const report = news === 'none' ? Infinity : this.#lastSyncAt + (news === 'soon' ? soonMs : laterMs);
    return Math.max(now, Math.min(renewal, report));
  }

  compose(): Sync {
    const now = this.#now();
    if (this.#lease.isOver(now)) this.loseLease();
    const sync = this.#lease.compose(this.#gate.waiting, now, this.#askers.size > 0, this.#gate.arrivals);
    this.#askers.told(sync.seq);
    this.#owesAnswer = false;
    this.#lastSyncAt = now;
    return sync;
  }

  delivered(sync: Sync): void {
    if (sync.client === this.id) this.#lease.delivered(sync.seq);
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #wake(): void {
    this.#keepWatch();
    this.#flow.wake();
  }

  #keepWatch(): void {
    this.#watch.keep(this.#lease.holdsAnything && this.#fatal === undefined);
  }

  #newLease(definition: SetDefinition, before?: ClientLease): ClientLease {
    const { link, newId, newLease } = this.#options;
    const identity = {
      client: newId(),
      replaces: before?.identity.client,
      get queue(): string {
        return link.queue;
      },
    };
    const inUse = before === undefined ? [] : reorder(before.inUse, before.definition.limits, definition.limits);
    const lease = newLease(definition, identity, inUse);
    if (before !== undefined) this.#successors.set(before, lease);
    this.#options.onLease?.(identity.client, (push) => this.hear(push));
    return lease;
  }

  #newGate(): Gate {
    return new Gate(this.#lease, this.#options.clock, () => this.#wake(), this.#options.name);
  }

  /** What the process holds may be others' by now: holders are told, and what waits asks anew. */
  loseLease(): void {
    const holders = this.#controller;
    this.#controller = this.#options.newController();
    this.#replaceLease(this.#newLease(this.#lease.definition));
    holders.abort(new LeaseLostError(this.#options.name));
    this.#wake();
  }

  #redefine(definition: SetDefinition): void {
    const mine = this.#lease.definition;
    this.#replaceLease(this.#newLease(definition.version > mine.version ? definition : mine, this.#lease));
  }

  #replaceLease(lease: ClientLease): void {
    const isSame = describeDefinition(lease.definition) === describeDefinition(this.#lease.definition);
    this.#lease = lease;
    this.#lastSyncAt = -Infinity;
    this.#owesAnswer = false;
    this.#askers.askAgain();
    if (isSame) {
      this.#gate.capacity = lease;
      return;
    }
    const gate = this.#gate;
    this.#gate = this.#newGate();
    gate.refuseAll(REDEFINED);
  }

  #fail(error: Error): void {
    this.#fatal = error;
    this.#flow.stop();
    this.#watch.keep(false);
    this.#gate.refuseAll(error);
  }
}
