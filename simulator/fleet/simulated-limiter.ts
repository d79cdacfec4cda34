import { Allocator, type Delivery } from '../../src/limiter/allocator/allocator';
import type { ChangeRequest } from '../../src/limiter/control/change';
import { Completion } from '../../src/limiter/allocator/completion';
import type { SetDefinition } from '../../src/limiter/definition/definition';
import { runAddress, runAt, type RunAddress } from '../../src/limiter/protocol/address';
import type { Push, Sync } from '../../src/limiter/protocol/wire';
import { copy } from '../world/network';
import type { Transactions } from '../world/transactions';
import { EPOCH, type VirtualClock } from '../world/virtual-clock';
import { ToldOverage, type Charged } from './told-overage';
import type { Traffic } from './traffic';

/** A push to a workflow run counts for as many. */
const RUN_WEIGHT = 2;

export interface LimiterOptions {
  readonly random: () => number;
  /** What its workflow's tasks wait for. */
  readonly transactions: Transactions;
  /** Hands a push to its client; resolves with what comes back, `undefined` also if the push is lost. */
  readonly deliver: (push: Push) => Promise<Sync | undefined>;
  /** Signals a push to a workflow run; says whether there was such a run. */
  readonly signal: (run: RunAddress, push: Push) => Promise<boolean>;
  /** Which of these workflow runs are closed; rejects if that cannot be told. */
  readonly probe: (runs: readonly RunAddress[]) => Promise<readonly string[]>;
  /** Whether each wake continues from a snapshot, as after a continue-as-new. */
  readonly reloads: boolean;
  /** How long it continues with nothing to remember before it completes. Unit: milliseconds. */
  readonly endsAfterMs: number;
  /** The limiter has been told of usage above a request. */
  readonly charged: Charged;
  /** The limiter has done what there was to do. */
  readonly woke: () => void;
}

/** Drives an allocator the way the limiter workflow does: woken by messages and by one timer. */
export class SimulatedLimiter {
  allocator: Allocator | undefined;
  readonly traffic: Traffic = { signals: 0, replies: 0, pushes: 0, probes: 0, wakes: 0, timers: 0, runs: 0 };
  /** Whether no worker runs its workflow: messages to it wait. */
  isDown = false;
  /** What its wakes took, in real time. Unit: milliseconds. */
  busyMs = 0;
  readonly #inbox: unknown[] = [];
  readonly #told: ToldOverage;
  readonly #underWay = new Map<string, number>();
  readonly #gone: string[] = [];
  /** When the pushes were sent that have been answered since its last wake. */
  readonly #answered: number[] = [];
  /** Whether it is to continue as new at the next occasion. */
  #isLong = false;
  /** Whether its run has had no task yet. */
  #isNew = false;
  /** What the one before it ended with. */
  #lastDefinition: SetDefinition | undefined;
  /** What it was started with, and when. */
  #start: { readonly definition: SetDefinition; readonly at: number } | undefined;
  #closedUntil = -Infinity;
  #completion: Completion | undefined;
  #isWaking = false;
  /** Whether its timer has gone off since it last woke. */
  #isDue = false;
  #alarmAt = Infinity;
  #disarm: (() => void) | undefined;

  constructor(
    readonly world: VirtualClock,
    readonly options: LimiterOptions,
  ) {
    this.#told = new ToldOverage(options.charged);
  }

  get now(): number {
    return EPOCH + Math.floor(this.world.now());
  }

  /** A signal has arrived; the first one starts the limiter with its definition. */
  signal(message: Sync): void {
    this.traffic.signals += 1;
    this.#startWith(message.definition);
    this.hear(message);
  }

  /** Whatever has arrived is read at the next wake. */
  hear(message: unknown): void {
    this.#startWith();
    this.#inbox.push(message);
    this.#wakeSoon();
  }

  /** Its clients start it where none runs, with their definition. */
  #startWith(definition = this.#lastDefinition): void {
    if (this.#start !== undefined || definition === undefined) return;
    this.#start = { definition, at: this.now };
    this.#completion = new Completion(this.now, this.options.endsAfterMs);
  }

  /** Whether a run of it is just closing, when the server takes no signal. */
  get isClosing(): boolean {
    return this.world.now() < this.#closedUntil;
  }

  /** Takes a report that a process has ended. */
  hearEnded(address: string): void {
    this.#gone.push(address);
    this.#wakeSoon();
  }

  /** Has it continue as new: pushes under way are lost with their run, and their answers too. */
  continueAsNew(): void {
    this.#isLong = true;
    this.#wakeSoon();
  }

  /** An operator asks for a change, in vain while no worker runs the limiter. */
  change(request: ChangeRequest): void {
    if (this.isDown || this.allocator === undefined) return;
    this.allocator.change(request, this.now);
    this.#wakeSoon();
  }

  /** A worker runs its workflow again. */
  comeBack(): void {
    this.isDown = false;
    this.#wakeSoon();
  }

  /** Loses everything it knew, as one that was terminated and started again. */
  forgetAll(definition: SetDefinition): void {
    this.#start = { definition, at: this.now };
    this.allocator = new Allocator(definition, this.now);
  }

  readonly #pushesTo = (client: string): number => this.#underWay.get(client) ?? 0;

  #wakeSoon(): void {
    if (this.#isWaking || this.isDown) return;
    this.#isWaking = true;
    this.world.after(2 + 8 * this.options.random(), () => void this.#runTask());
  }

  /** A workflow task is handed to a worker, and begun. */
  async #runTask(): Promise<void> {
    const { transactions } = this.options;
    await transactions.dispatch();
    await transactions.call();
    await this.#doTask();
  }

  /** What happens from its beginning on is for the next, which a server begins with the end of this one. */
  async #doTask(): Promise<void> {
    const { transactions } = this.options;
    if (!this.isDown) {
      const begun = performance.now();
      const deliveries = this.#wake();
      this.busyMs += performance.now() - begun;
      // now, as its state is judged by the moment at which it was made
      this.options.woke();
      await transactions.call();
      for (const { queue, push } of deliveries) {
        const run = runAt(queue);
        if (run === undefined) void this.#deliver(push);
        else void this.#signal(run, push);
      }
      if (this.#isLong && this.allocator !== undefined) this.#beginAnew(this.allocator, this.now);
    }
    if (transactions.eachMs > 0 && this.#inbox.length > 0 && !this.isDown) return this.#doTask();
    this.#isWaking = false;
    if (this.#inbox.length > 0 || this.#gone.length > 0 || this.#isLong || this.#isNew || this.#isDue) this.#wakeSoon();
  }

  #wake(): Delivery[] {
    this.#isNew = false;
    this.#isDue = false;
    if (this.#start === undefined) return [];
    this.traffic.wakes += 1;
    const { now } = this;
    this.allocator ??= new Allocator(this.#start.definition, now, this.#start.at);
    if (this.options.reloads) this.allocator = Allocator.restore(copy(this.allocator.snapshot()), now);
    for (const sentAt of this.#answered.splice(0)) this.allocator.answered(now - sentAt);
    for (const message of this.#inbox.splice(0)) this.#told.read(message, this.allocator, now);
    if (this.#gone.length > 0) this.allocator.ended(this.#gone.splice(0), now);
    const doubtful = this.allocator.unconfirmed(now);
    if (doubtful.length > 0) void this.#probe(doubtful);
    const nextAt = this.allocator.advance(now);
    const pushes = this.allocator.publish(now, this.#pushesTo);
    const endsAt = this.#completion?.endsAt(this.allocator, now) ?? Infinity;
    if (endsAt <= now) this.#complete(this.allocator);
    else this.#setAlarm(Math.min(nextAt, endsAt));
    return pushes;
  }

  #complete({ definition }: Allocator): void {
    this.#lastDefinition = definition;
    this.#start = undefined;
    this.allocator = undefined;
    this.#endRun();
  }

  /** Ends the wait for what it had under way. */
  #endRun(): void {
    this.traffic.runs += 1;
    this.#underWay.clear();
    this.#disarm?.();
    this.#alarmAt = Infinity;
  }

  #beginAnew(before: Allocator, now: number): void {
    this.#isLong = false;
    this.#isNew = true;
    this.allocator = Allocator.restore(copy(before.snapshot()), now);
    this.#endRun();
    this.#closedUntil = this.world.now() + 50 * this.options.random();
  }

  async #probe(runs: readonly RunAddress[]): Promise<void> {
    this.traffic.probes += 1;
    const run = this.traffic.runs;
    const closed = await this.options.probe(runs).catch((): readonly string[] => []);
    if (run !== this.traffic.runs) return;
    const ended = runs.filter(({ runId }) => closed.includes(runId));
    this.#gone.push(...ended.map(runAddress));
    this.#wakeSoon();
  }

  async #signal(to: RunAddress, push: Push): Promise<void> {
    this.traffic.pushes += 1;
    const run = this.traffic.runs;
    this.#underWay.set(push.client, RUN_WEIGHT);
    const hasArrived = await this.options.signal(to, push);
    // the outcome counts no more once the run that sent the push is over
    if (run !== this.traffic.runs) return;
    this.#underWay.delete(push.client);
    if (hasArrived) this.allocator?.delivered(push);
    else this.#gone.push(runAddress(to));
    this.#wakeSoon();
  }

  async #deliver(push: Push): Promise<void> {
    this.traffic.pushes += 1;
    const run = this.traffic.runs;
    this.#underWay.set(push.client, (this.#underWay.get(push.client) ?? 0) + 1);
    const reply = await this.options.deliver(push);
    if (run !== this.traffic.runs) return;
    const left = (this.#underWay.get(push.client) ?? 1) - 1;
    if (left > 0) this.#underWay.set(push.client, left);
    else this.#underWay.delete(push.client);
    if (reply !== undefined) {
      this.traffic.replies += 1;
      this.#answered.push(push.now);
      this.hear(reply);
    } else if (this.allocator?.hasNews(this.#pushesTo) === true) this.#wakeSoon();
  }

  #setAlarm(at: number): void {
    if (at >= this.#alarmAt) return;
    this.#disarm?.();
    this.#alarmAt = at;
    this.traffic.timers += 1;
    this.#disarm = this.world.after(Math.max(1, Math.ceil(at - this.now)), () => {
      this.#alarmAt = Infinity;
      this.#isDue = true;
      this.#wakeSoon();
    });
  }
}
