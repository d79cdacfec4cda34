import type { SetDefinition } from '../../limiter/definition/definition';
import { definitionDifferences } from '../../limiter/definition/definition-differences';

import type { AnswerWatch, Awaiting, Suspended, SyncFlow, SyncSource } from '../ports';
import { readPush } from '../../limiter/protocol/push-check';
import type { Push, Sync } from '../../limiter/protocol/wire';
import { AdmissionRetry } from './admission-retry';
import { PendingTryAcquires } from './pending-try-acquires';
import { Gate } from '../gate/gate';
import { HolderSignals } from '../gate/holder-signals';
import { LeaseLine } from './lease-line';
import { LeaseProvider } from './lease-provider';
import { readObservation, type Observation } from '../../limiter/feedback/observation';
import { LeaseWatch } from './lease-watch';
import { introductionGap, type Pacing, type Unanswered } from '../../limiter/protocol/pacing';
import type { SyncUrgency } from '../../limiter/lease/reported-state';
import type { Turn } from '../../limiter/lease/usage-log';
import type { ClientLease, LeaseClientOptions } from './client-lease';
import { DefinitionConflictError } from '../../limiter/errors/definition-errors';
import { LimiterUnavailableError } from '../../limiter/errors/limiter-errors';

const NOT_ANSWERED = 'the limiter has not answered. Check that a worker with LimitsPlugin hosts it in this namespace';

/**
 * The one object per process (or workflow run) and limit set that talks to the limiter, for every acquisition there.
 *
 * What happens while a sync is under way goes with the next sync, or comes back with a push. It never guesses: without
 * an answer from the limiter it lets no request through.
 */
export class LeaseClient implements SyncSource, Awaiting {
  readonly #options: LeaseClientOptions;
  readonly #flow: SyncFlow;
  readonly #watch: LeaseWatch;
  readonly #answers: AnswerWatch | undefined;
  readonly #pendingTryAcquires = new PendingTryAcquires();
  #holders: HolderSignals;
  readonly #leases: LeaseLine;
  readonly #admissionRetry: AdmissionRetry;
  #lease: ClientLease;
  readonly gate: Gate;
  readonly provider: LeaseProvider;
  #fatal: Error | undefined;
  #closed = false;
  #lastSyncAt = -Infinity;
  #unanswered: Unanswered = { tries: 0, callMs: 0, jitter: 1 };
  /** Whether the limiter does not know yet that its newest push has arrived. */
  #owesAnswer = false;
  /** Whether the last sync reported a waiting request. */
  #hasReportedWaiting = false;

  constructor(options: LeaseClientOptions) {
    this.#options = options;
    this.#holders = new HolderSignals(options.name, options.newController);
    this.#admissionRetry = new AdmissionRetry(options.clock, () => this.#wake());
    this.#leases = new LeaseLine(options, (push) => this.hear(push));
    this.#lease = this.#leases.next(options.definition);
    const { clock, name } = options;
    this.provider = new LeaseProvider(this.#lease.keepsBack, options.onSuspended);
    this.gate = new Gate(this.#lease, clock, () => this.#wake(), name, {
      obstacle: () => this.#obstacle,
      whyLess: (key) => this.provider.whyLess(key, this.#lease.definition),
    });
    this.#flow = options.newFlow(this);
    this.#watch = new LeaseWatch(options.clock, this);
    this.#answers = options.newAnswerWatch?.(this);
  }

  get id(): string {
    return this.#lease.identity.client;
  }

  get lease(): ClientLease {
    return this.#lease;
  }

  /** Those who hold something that was taken since the last loss. */
  get holders(): HolderSignals {
    return this.#holders;
  }

  /** Why nothing will ever be granted, if so. */
  get fatal(): Error | undefined {
    return this.#fatal;
  }

  get validUntil(): number {
    return this.#lease.validUntil;
  }

  /** Whether an answer of the limiter is waited for. */
  get isWaiting(): boolean {
    return !this.#admissionRetry.isPending && (this.gate.size > 0 || this.#pendingTryAcquires.size > 0);
  }

  get lacksAnswer(): boolean {
    return this.#pendingTryAcquires.size > 0 || this.gate.shortages.length > 0;
  }

  get registered(): boolean {
    return this.#lease.registered;
  }

  /** Why nothing is granted, or less than is defined, if it is not only that others have the capacity. */
  get obstacle(): string | undefined {
    return this.gate.obstacle;
  }

  get #obstacle(): string | undefined {
    const ofLimiter = this.#admissionRetry.reason() ?? this.#answers?.obstacle;
    return ofLimiter ?? (this.registered ? this.provider.obstacle(this.#now()) : NOT_ANSWERED);
  }

  /** Why nothing starts for the provider's sake, if so. */
  get suspension(): Suspended | undefined {
    const { suspension } = this.provider;
    if (suspension === undefined) return undefined;
    const { kind, cause, until } = suspension;
    return { kind, cause, ms: Math.max(0, until - this.#now()) };
  }

  /** How many of those at the gate wait for no more than an answer. */
  get asking(): number {
    return this.#pendingTryAcquires.size;
  }

  /** Has the limiter asked for what lines up next, and calls back when it has read that and granted what it will grant now. */
  whenAsked(refuse: () => void): void {
    if (this.#admissionRetry.isPending || this.#answers?.isFinal === true) refuse();
    else this.#pendingTryAcquires.add(refuse);
  }

  refuseAsking(): void {
    this.#pendingTryAcquires.answered(Infinity);
  }

  /** What {@link whenAsked} announced has been settled otherwise. */
  forget(refuse: () => void): void {
    this.#pendingTryAcquires.delete(refuse);
  }

  /** Settles one limit of an acquisition under one of the leases: what was taken of it in a turn, and what of that was used. */
  settle(lease: ClientLease, index: number, taken: number, used: number, turn: Turn | undefined): void {
    lease.settle(index, taken, used, turn);
    if (lease !== this.#lease) this.#leases.passOn(lease, this.#lease);
  }

  /** An acquisition ended; its permits are free for the next one here. */
  released(lease: ClientLease, amounts: readonly number[], heldMs: number): void {
    lease.finish?.(amounts);
    this.#lease.observeHolding(heldMs);
    this.#leases.release(lease, amounts, this.#lease, this.#now());
    this.gate.pump();
    this.#wake();
  }

  /** Hears what the provider answered to an acquisition of `startedAt`, which may be the probe of this number. */
  observe(answer: unknown, startedAt: number, probe: number | undefined): Observation {
    const now = this.#now();
    const observation = readObservation(answer, this.#options.present());
    this.provider.observe(observation, startedAt, probe, now, this.#lease.definition);
    if (this.provider.isSuspended) this.gate.follow(this.provider.before(this.#lease));
    else this.#wake();
    return observation;
  }

  /** The probe of this number has been released. */
  probeEnded(probe: number): void {
    this.provider.ended(probe);
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
    this.#answers?.answered();
    switch (push.status) {
      case 'granted':
        if (this.#lease.isReopened(push)) {
          this.loseLease();
          break;
        }
        this.#admissionRetry.end();
        if (this.#lease.apply(push, this.#now())) {
          this.#owesAnswer = true;
          if (this.provider.hear(push, this.#now(), this.#lease.limiterClock))
            this.gate.follow(this.provider.before(this.#lease));
        }
        this.gate.pump();
        this.#pendingTryAcquires.answered(push.ack);
        break;
      case 'lost':
        this.loseLease();
        break;
      case 'redefined':
        this.#redefine(push.definition ?? this.#lease.definition);
        break;
      case 'full':
        this.#askAgainLater(push);
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
    if (this.#fatal !== undefined || this.#admissionRetry.isPending) return Infinity;
    const { size, arrivals, shortages } = this.gate;
    const urgency = this.#withProvider(this.#lease.urgency(size, arrivals, shortages));
    // where pushes come, the answer is due with each
    if (this.#owesAnswer) return now;
    if (urgency === 'urgent' || this.#pendingTryAcquires.isNew)
      return Math.max(now, this.#lastSyncAt + this.#lease.pacing.gapMs);
    return Math.max(now, this.#lastSyncAt + this.#restMs(urgency));
  }

  compose(): Sync {
    const now = this.#now();
    if (this.#lease.isOver(now)) this.loseLease();
    else if (this.#lease.isOutgrown) this.#redefine(this.#lease.definition);
    const sync = this.#lease.compose(this.gate.queues, now, this.#pendingTryAcquires.size > 0, this.gate.arrivals);
    this.#pendingTryAcquires.reported(sync.seq);
    this.#owesAnswer = false;
    this.#lastSyncAt = now;
    this.#hasReportedWaiting = this.gate.size > 0;
    if (!this.#lease.registered) {
      const { tries, callMs } = this.#unanswered;
      this.#unanswered = { tries: tries + 1, callMs, jitter: this.#options.random?.() ?? 1 };
    }
    const feedback = this.provider.feedback(sync.seq, now, this.#lease.limiterClock);
    return feedback === undefined ? sync : { ...sync, feedback };
  }

  delivered(sync: Sync, tookMs = 0): void {
    this.#unanswered = { ...this.#unanswered, callMs: tookMs };
    if (sync.client !== this.id) return;
    const now = this.#now();
    // the watch may not have had its turn yet
    const isLost = this.#lease.isOver(now) && this.#holdsAnything;
    this.#lease.delivered(sync.seq, now);
    if (isLost) this.loseLease();
  }

  /** The limiter must know which clients wait for the provider: it chooses whose request tries first. */
  #withProvider(urgency: SyncUrgency): SyncUrgency {
    const { provider, gate } = this;
    if (provider.isSuspended && gate.size > 0 && !this.#hasReportedWaiting) return 'urgent';
    return provider.urgency === 'none' ? urgency : mostUrgent(urgency, provider.urgency);
  }

  /** For how long it writes nothing that has reported all that is urgent: until it is to be remembered, or something has happened. */
  #restMs(urgency: SyncUrgency): number {
    const { pacing, registered, renewalMs } = this.#lease;
    if (!registered && urgency === 'soon')
      return introductionGap(pacing.soonMs, this.#lease.definition.timing.leaseMs, this.#unanswered);
    return Math.min(this.#holdsAnything || this.isWaiting ? renewalMs : Infinity, reportAfter(urgency, pacing));
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #wake(): void {
    this.#keepWatch();
    this.#flow.wake();
  }

  /** Whether a lease that is lost would matter. */
  get #holdsAnything(): boolean {
    return this.#lease.holdsAnything || this.provider.isProbing;
  }

  #keepWatch(): void {
    this.#watch.keep(this.#holdsAnything && this.#fatal === undefined);
    this.#admissionRetry.keep(this.gate.size > 0);
    this.#answers?.wake();
  }

  /** Requests that wait keep waiting; a `tryAcquire` is refused. */
  #askAgainLater({ ack, retryAfterMs = 0, detail = '' }: Push): void {
    if (this.#lease.registered) return;
    this.#lease.turnedAway();
    this.#admissionRetry.make(retryAfterMs, detail);
    this.#pendingTryAcquires.answered(ack);
  }

  /** What the process holds may be others' by now: holders hear so, and what waits asks anew. */
  loseLease(): void {
    this.#replaceLease(this.#leases.next(this.#lease.definition));
    this.#loseHeld();
  }

  #loseHeld(reason?: Error): void {
    const held = this.#holders;
    this.#holders = new HolderSignals(this.#options.name, this.#options.newController);
    try {
      this.#options.onLost?.();
    } finally {
      held.lose(reason);
    }
  }

  #redefine(definition: SetDefinition): void {
    const mine = this.#lease.definition;
    this.#replaceLease(this.#leases.next(definition.version > mine.version ? definition : mine, this.#lease));
  }

  #replaceLease(lease: ClientLease): void {
    this.#leases.passOn(this.#lease, lease);
    this.#lease = lease;
    this.#lastSyncAt = -Infinity;
    this.#unanswered = { ...this.#unanswered, tries: 0 };
    this.#owesAnswer = false;
    this.provider.begin();
    this.#pendingTryAcquires.askAgain();
    this.gate.follow(this.provider.before(lease));
  }

  /** Nothing is granted any more, and what is held goes to other clients once it is no longer renewed. */
  #fail(error: Error): void {
    this.#fatal = error;
    this.#admissionRetry.end();
    this.#loseHeld(error);
    this.#flow.stop();
    this.#watch.keep(false);
    this.gate.refuseAll(error);
    this.#answers?.stop();
  }
}

/** From the most urgent on. */
const URGENCIES: readonly SyncUrgency[] = ['urgent', 'awaited', 'soon', 'later', 'none'];

function mostUrgent(a: SyncUrgency, b: SyncUrgency): SyncUrgency {
  return URGENCIES.indexOf(a) < URGENCIES.indexOf(b) ? a : b;
}

/** How long after its last report a client makes the next. Unit: milliseconds. */
function reportAfter(urgency: SyncUrgency, { gapMs, marginMs, soonMs, laterMs }: Pacing): number {
  return { urgent: gapMs, awaited: marginMs, soon: soonMs, later: laterMs, none: Infinity }[urgency];
}

/** What a push that refuses a process for good means to its user. */
function refusal(name: string, mine: SetDefinition, { status, definition, detail }: Push): Error {
  return status === 'conflict'
    ? new DefinitionConflictError(name, definitionDifferences(mine, definition ?? mine))
    : new LimiterUnavailableError(name, detail ?? 'it does not understand this process');
}
