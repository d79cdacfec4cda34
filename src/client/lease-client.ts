import { sameKeys, type SetDefinition } from '../limiter/definition';
import { DefinitionConflictError } from '../limiter/errors/definition-conflict-error';
import { LeaseLostError } from '../limiter/errors/lease-lost-error';
import { LimiterUnavailableError } from '../limiter/errors/limiter-unavailable-error';
import { describeDefinition, reorder } from '../limiter/definition';
import { Lease } from '../limiter/lease';
import type { Push, Sync } from '../limiter/wire';
import { Backoff } from './backoff';
import type { Clock } from './clock';
import { Gate } from './gate';
import type { LimiterLink } from './limiter-link';

/** Syncs of one client are at least so far apart. */
const MIN_GAP_MS = 10;
/** A process that holds nothing begins anew rather than trust a lease this near to its end. */
const STALE_SHARE = 0.8;

/** Thrown to those that wait when what they wait for is defined anew, so that they line up again. */
export const REDEFINED = Symbol('redefined');

/** What a client is made of. */
export interface LeaseClientOptions {
  readonly name: string;
  readonly definition: SetDefinition;
  readonly link: LimiterLink;
  readonly clock: Clock;
  /** A new, unique id at each call. */
  readonly newId: () => string;
  /** Told of each lease that begins, so that pushes find it. */
  readonly onLease: (client: string, hear: (push: Push) => Sync | undefined) => void;
  /** Randomness of the waits between tries. */
  readonly random?: () => number;
}

/**
 * The one object per process and limit set that talks to the limiter, for every acquisition of the process.
 *
 * One sync is in flight at most; what happens meanwhile rides in the next, or comes back with a push. It never guesses:
 * without word from the limiter it lets nobody through.
 */
export class LeaseClient {
  readonly #options: LeaseClientOptions;
  readonly #backoff: Backoff;
  readonly #pollBackoff: Backoff;
  #lease: Lease;
  #gate: Gate;
  #controller = new AbortController();
  #fatal: Error | undefined;
  #closed = false;
  #sending = false;
  #lastSyncAt = -Infinity;
  /** When the newest sync that certainly arrived was sent. */
  #renewedAt = -Infinity;
  #cancelTimer: (() => void) | undefined;
  #cancelPoll: (() => void) | undefined;
  /** Acquisitions that will not wait: each is refused once the limiter has read the sync that told of it. */
  readonly #askers = new Map<() => void, number>();

  constructor(options: LeaseClientOptions) {
    this.#options = options;
    this.#backoff = new Backoff(20, 2_000, options.random);
    this.#pollBackoff = new Backoff(10, 250, options.random);
    this.#lease = this.#newLease(options.definition);
    this.#gate = this.#newGate();
  }

  get lease(): Lease {
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

  /** Asks the limiter at once, and calls back when it has read that and granted what it will grant now. */
  whenAsked(refuse: () => void): void {
    this.#askers.set(refuse, Infinity);
    this.#schedule();
  }

  /** What {@link whenAsked} announced has been settled otherwise. */
  forget(refuse: () => void): void {
    this.#askers.delete(refuse);
  }

  /** An acquisition ended; its permits are free for the next one here. */
  released(lease: Lease, amounts: readonly number[], heldMs: number): void {
    const { definition } = this.#lease;
    lease.observeHolding(heldMs);
    if (lease === this.#lease) lease.release(amounts);
    else if (lease.successor === this.#lease) this.#lease.release(reorder(amounts, lease.definition.limits, definition.limits));
    this.#gate.pump();
    this.#schedule();
  }

  /** Takes a push over; what this process has to say goes back with it. */
  hear(push: Push): Sync | undefined {
    if (this.#closed || push.client !== this.#lease.identity.client) return undefined;
    switch (push.status) {
      case 'granted':
        this.#lease.apply(push, this.#now());
        this.#gate.pump();
        this.#refuseAskers(push.ack);
        break;
      case 'lost':
        this.#loseLease();
        break;
      case 'redefined':
        this.#redefine(push.definition ?? this.#lease.definition);
        break;
      case 'conflict':
        this.#fail(
          new DefinitionConflictError(
            this.#options.name,
            describeDefinition(this.#lease.definition),
            describeDefinition(push.definition ?? this.#lease.definition),
          ),
        );
        break;
      case 'refused':
        this.#fail(new LimiterUnavailableError(this.#options.name, push.detail ?? 'it does not understand this process'));
    }
    const reply = this.#lease.news(this.#gate.size) !== 'none' && !this.#sending ? this.#compose() : undefined;
    this.#schedule();
    return reply;
  }

  /** Tells the limiter at once what is idle here, and so gives it back. */
  async yield(): Promise<void> {
    if (!this.#lease.registered || this.#closed) return;
    const sync = this.#compose();
    await this.#options.link.send(sync).catch(() => undefined);
  }

  /** Gives everything back and fails what waits. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#fail(new LimiterUnavailableError(this.#options.name, 'it has been closed'));
    this.#closed = true;
    this.#cancelTimer?.();
    this.#cancelPoll?.();
    if (!this.#lease.registered) return;
    this.#lease.revoke();
    await this.#options.link.send(this.#lease.compose([], this.#now(), false)).catch(() => undefined);
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #newLease(definition: SetDefinition, before?: Lease): Lease {
    const { link, newId } = this.#options;
    const identity = {
      client: newId(),
      replaces: before?.identity.client,
      get queue(): string {
        return link.queue;
      },
    };
    const lease = new Lease(definition, identity, before === undefined ? [] : reorder(before.inUse, before.definition.limits, definition.limits));
    if (before !== undefined) before.successor = lease;
    this.#options.onLease(identity.client, (push) => this.hear(push));
    return lease;
  }

  #newGate(): Gate {
    return new Gate(this.#lease, this.#options.clock, () => { this.#schedule(); }, this.#options.name);
  }

  #loseLease(): void {
    this.#controller.abort(new LeaseLostError(this.#options.name));
    this.#controller = new AbortController();
    this.#replaceLease(this.#newLease(this.#lease.definition));
  }

  #redefine(definition: SetDefinition): void {
    const mine = this.#lease.definition;
    this.#replaceLease(this.#newLease(definition.version > mine.version ? definition : mine, this.#lease));
  }

  #replaceLease(lease: Lease): void {
    const hasSameKeys = sameKeys(lease.definition.limits, this.#lease.definition.limits);
    this.#lease = lease;
    this.#lastSyncAt = -Infinity;
    for (const refuse of this.#askers.keys()) this.#askers.set(refuse, Infinity);
    if (hasSameKeys) this.#gate.capacity = lease;
    else {
      const before = this.#gate;
      this.#gate = this.#newGate();
      before.refuseAll(REDEFINED);
    }
  }

  #fail(error: Error): void {
    this.#fatal = error;
    this.#gate.refuseAll(error);
  }

  #refuseAskers(ack: number): void {
    for (const [refuse, seq] of [...this.#askers]) {
      if (seq > ack) continue;
      this.#askers.delete(refuse);
      refuse();
    }
  }

  #compose(): Sync {
    const now = this.#now();
    if (!this.#lease.holdsAnything && this.#lease.registered && now - this.#lastSyncAt > this.#leaseMs * STALE_SHARE) {
      this.#replaceLease(this.#newLease(this.#lease.definition));
    }
    const reply = this.#askers.size > 0;
    const sync = this.#lease.compose(this.#gate.waiting, now, reply);
    for (const [refuse, seq] of this.#askers) if (seq === Infinity) this.#askers.set(refuse, sync.seq);
    this.#lastSyncAt = now;
    return sync;
  }

  get #leaseMs(): number {
    return this.#lease.definition.timing.leaseMs;
  }

  #nextSyncAt(now: number): number {
    const news = [...this.#askers.values()].includes(Infinity) ? 'urgent' : this.#lease.news(this.#gate.size);
    const renewal = this.#lease.holdsAnything ? this.#lastSyncAt + this.#leaseMs / 3 : Infinity;
    if (news === 'urgent') return Math.max(now, this.#lastSyncAt + MIN_GAP_MS);
    if (news === 'lazy') return Math.max(now, Math.min(renewal, this.#lastSyncAt + this.#lease.definition.timing.horizonMs));
    return renewal;
  }

  #schedule(): void {
    if (this.#sending || this.#closed || this.#fatal !== undefined) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const now = this.#now();
    const at = this.#nextSyncAt(now);
    if (at === Infinity) return;
    if (at <= now) void this.#send();
    else this.#cancelTimer = this.#options.clock.after(at - now, () => void this.#send());
  }

  async #send(): Promise<void> {
    if (this.#sending || this.#closed) return;
    this.#sending = true;
    const sync = this.#compose();
    const lease = this.#lease;
    const sentAt = this.#now();
    try {
      await this.#options.link.send(sync);
    } catch {
      this.#retryLater();
      return;
    }
    this.#sending = false;
    this.#renewedAt = sentAt;
    this.#backoff.reset();
    lease.delivered(sync.seq);
    if (this.#options.link.queue === '') this.#pollSoon();
    this.#schedule();
  }

  #retryLater(): void {
    const isExpired = this.#now() - this.#renewedAt > this.#leaseMs;
    if (isExpired && this.#lease.inUse.some((permits) => permits > 0)) this.#loseLease();
    this.#cancelTimer = this.#options.clock.after(this.#backoff.next(), () => {
      this.#sending = false;
      void this.#send();
    });
  }

  #pollSoon(): void {
    this.#pollBackoff.reset();
    this.#pollLater();
  }

  /** Without a push queue: asks while somebody waits. */
  #pollLater(): void {
    this.#cancelPoll?.();
    if (this.#closed || (this.#gate.size === 0 && this.#askers.size === 0)) return;
    this.#cancelPoll = this.#options.clock.after(this.#pollBackoff.next(), () => void this.#poll());
  }

  async #poll(): Promise<void> {
    const push = await this.#options.link.ask(this.#lease.identity.client).catch(() => undefined);
    if (push !== undefined && this.hear(push) !== undefined) {
      // what would have gone back with a push has to be sent
      this.#lastSyncAt = -Infinity;
      this.#schedule();
    }
    if (this.#options.link.queue === '') this.#pollLater();
  }
}
