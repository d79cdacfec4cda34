import type { Capacity, Kept } from '../../limiter/ledger/capacity';
import {
  AcquireTimeoutError,
  lackText,
  QueueFullError,
  whyLess,
  type WaitedFor,
} from '../../limiter/errors/waiting-errors';
import { adaptRequest, type Request } from '../../limiter/request/request';
import {
  SignatureQueues,
  type SignatureQueue,
  signatureOf,
  type Shortage,
  type SignedWaiting,
} from '../../limiter/waiting/signature-queues';
import { AbortWatch } from './abort-watch';
import type { WaitOptions, Timer } from '../ports';
import { NO_OBSTACLES, type Obstacles } from './obstacles';
import { Reservation } from './reservation';
import { waitedFor } from './waited-for';
import type { LimitDefinition } from '../../limiter/definition/definition';
import type { Vector } from '../../limiter/vector/vector';

/** One that waits at a gate. */
interface Waiter extends SignedWaiting {
  /** When it came. Unit: milliseconds of the gate's clock. */
  readonly since: number;
}

/** One that waits, and whom to tell when it no longer does. */
interface Ticket extends Waiter {
  /** What it asks for: by another name where limits have been defined anew meanwhile. */
  request: Request;
  amounts: Vector;
  signature: number;
  /** `Infinity` without a timeout. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly taken: (request: Request) => unknown;
  readonly onTaken: (() => void) | undefined;
  readonly resolve: (taken: unknown) => void;
  readonly refuse: (reason: unknown) => void;
  stopTimer: (() => void) | undefined;
  /** What it kept from those behind it when it was last looked at as a head. */
  kept: Kept;
  readonly gate: Gate;
}

const NO_SHORTAGES: readonly Shortage[] = [];
const NOTHING = (): void => undefined;

/**
 * Lets acquisitions through a {@link Capacity}, each as soon as it delays no request before it.
 *
 * G1. A request passes when every limit that it asks for has room for it and for those before it. One queue holds all
 *     requests that ask for the same limits, its signature. Only the heads of the queues are looked at, by priority and
 *     then arrival, each together with the amounts of the heads before it. So small requests do not starve a big one, and
 *     an exhausted limit holds up no request that does not ask for it.
 * G2. No request passes before `readyAt`, and none that had to wait passes at or after its deadline.
 * G3. One timer serves all queues, and only while the moment of a head is known; without one, `pump` must be called
 *     when capacity may have come.
 */
export class Gate {
  /** Of all gates: one listener for each signal, however many sets are asked for with it. */
  static readonly #aborts = new AbortWatch<Ticket>((tickets, reason) => {
    Gate.#giveUp(tickets, reason);
  });
  #queues = new SignatureQueues<Ticket>();
  #disarm: (() => void) | undefined;
  #armedFor = Infinity;
  #arrivals = 0;
  #isPumping = false;
  /** Whether a request came or left while the gate was pumping. */
  #isStale = false;
  #capacity: Capacity;

  /**
   * @param onDemand Told whenever a request began to wait or gave up.
   * @param name The limit set, for the error of a timeout.
   */
  constructor(
    capacity: Capacity,
    readonly clock: Timer,
    readonly onDemand?: () => void,
    readonly name = 'unnamed',
    readonly obstacles: Obstacles = NO_OBSTACLES,
  ) {
    this.#capacity = capacity;
  }

  /** Where those who pass take from. */
  get capacity(): Capacity {
    return this.#capacity;
  }

  /** How many wait. */
  get size(): number {
    return this.#queues.size;
  }

  /** How many ever began to wait. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /** Those that wait, by priority and then arrival. */
  get waiting(): Iterable<Waiter> {
    return this.#queues;
  }

  /** Those that wait, by what they ask for. */
  get queues(): readonly SignatureQueue<Waiter>[] {
    return this.#queues.heads;
  }

  /** Why those that wait get nothing, or less than is defined; nothing if it is only that others have the capacity. */
  get obstacle(): string | undefined {
    const ofAll = this.obstacles.obstacle();
    if (ofAll !== undefined) return ofAll;
    const now = this.clock.now();
    const lacking = this.#queues.heads.flatMap(({ head }) => this.#waitedFor(head.amounts, [], now));
    return whyLess(lacking);
  }

  /** What the first waiting request lacks; nothing if no request waits, or none would be served whatever was free. */
  get lack(): string | undefined {
    const [first] = this.#queues.heads;
    if (first === undefined || this.obstacles.obstacle() !== undefined) return undefined;
    const lacking = this.#waitedFor(first.head.amounts, [], this.clock.now());
    if (lacking.length === 0) return undefined;
    return `the first of ${String(this.size)} that wait here needs ${lackText(lacking, 'is')}`;
  }

  /** What the heads lack, and nothing is known to bring. */
  get shortages(): readonly Shortage[] {
    if (this.size === 0) return NO_SHORTAGES;
    const now = this.clock.now();
    const before = new Reservation(this.#capacity);
    const shortages: Shortage[] = [];
    for (const { head, signature } of this.#queues.heads) {
      before.readyAt(head.amounts, now);
      const { lacking } = before;
      if (lacking !== 0) shortages.push({ signature, lacking });
      before.add(head.amounts, this.#capacity.keeps(signature, lacking, head.amounts));
    }
    return shortages;
  }

  /** Passes at once, or says no without having changed anything. */
  tryPass({ amounts }: Request, priority: number): boolean {
    const now = this.clock.now();
    const isAlone = this.#queues.size === 0;
    const readyAt = isAlone ? this.#capacity.readyAt(amounts, now) : this.#behindHeads(amounts, priority, now);
    if (readyAt > now) return false;
    this.#capacity.take(amounts, now);
    return true;
  }

  /**
   * Passes when it is its turn.
   *
   * @param taken Called in the moment in which it has taken what it wants, with the request as the limits then were: a
   *   promise tells of that only later, when what it was taken from may be another one.
   * @throws AcquireTimeoutError at the deadline, or the signal's reason when it aborts
   */
  pass(request: Request, options: WaitOptions): Promise<void>;
  pass<T>(request: Request, options: WaitOptions, taken: (request: Request) => T): Promise<T>;
  pass(request: Request, options: WaitOptions, taken: (request: Request) => unknown = NOTHING): Promise<unknown> {
    const { signal, priority } = options;
    // the user chose the reason, whatever it is
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason);
    return this.tryPass(request, priority) ? Promise.resolve(taken(request)) : this.#wait(request, options, taken);
  }

  /** Lets through all who may pass. To be called whenever capacity may have come. */
  pump(): void {
    this.#isStale = true;
    // a request that passes may stop waiting elsewhere, and so call this again
    if (this.#isPumping) return;
    this.#isPumping = true;
    let nextAt = Infinity;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        nextAt = this.#letThrough();
      }
    } finally {
      this.#isPumping = false;
    }
    this.#arm(nextAt);
  }

  /**
   * How long a newcomer would wait as things stand, those before it that ask for the same taken to wait as long as the
   * first of them do. Unit: milliseconds; 0 is now, `Infinity` not foreseeable.
   */
  expectedWaitMs({ amounts }: Request): number {
    const now = this.clock.now();
    const own = this.#capacity.readyAt(amounts, now) - now;
    const signature = signatureOf(amounts);
    let waiting = 0;
    let longest = own;
    for (const { head, size, signature: other } of this.#queues.heads) {
      if ((signature & other) === 0) continue;
      waiting += size;
      longest = Math.max(longest, this.#capacity.readyAt(head.amounts, now) - now);
    }
    return waiting === 0 ? own : (waiting + 1) * Math.max(1, longest);
  }

  /**
   * Has requests take from another capacity. Those that wait keep their places, with their amounts under its
   * definitions; one that could never be granted there is refused.
   */
  follow(capacity: Capacity): void {
    const { definitions } = this.#capacity;
    this.#capacity = capacity;
    if (definitions !== capacity.definitions) this.#adapt(definitions, capacity.definitions);
    this.pump();
    this.onDemand?.();
  }

  #adapt(from: readonly LimitDefinition[], to: readonly LimitDefinition[]): void {
    const waiting = this.#queues;
    this.#queues = new SignatureQueues<Ticket>();
    for (const ticket of waiting) {
      try {
        ticket.request = adaptRequest(ticket.request, from, to);
      } catch (error) {
        this.#forget(ticket);
        ticket.refuse(error);
        continue;
      }
      ticket.amounts = ticket.request.amounts;
      ticket.signature = signatureOf(ticket.amounts);
      this.#queues.push(ticket);
    }
  }

  /** Refuses all that wait. */
  refuseAll(reason: unknown): void {
    for (const ticket of [...this.#queues]) {
      this.#leave(ticket);
      ticket.refuse(reason);
    }
    this.pump();
  }

  #wait(request: Request, options: WaitOptions, taken: (request: Request) => unknown): Promise<unknown> {
    const { amounts } = request;
    const { priority, timeoutMs = Infinity, signal, maxWaiting = Infinity, asking = 0, onTaken } = options;
    if (timeoutMs <= 0) return Promise.reject(this.#timedOut(timeoutMs, amounts, this.#before({ priority })));
    if (this.size - asking >= maxWaiting) return Promise.reject(new QueueFullError(this.name, maxWaiting));
    return new Promise((resolve, refuse) => {
      this.#arrivals += 1;
      // one object for each that waits: a hundred thousand of them are what the garbage collector goes through
      const ticket: Ticket = {
        request,
        amounts,
        signature: signatureOf(amounts),
        priority,
        arrival: this.#arrivals,
        since: this.clock.now(),
        timeoutMs,
        signal,
        taken,
        onTaken,
        resolve,
        refuse,
        stopTimer: undefined,
        kept: 'all',
        gate: this,
      };
      const isHead = this.#queues.push(ticket);
      if (signal !== undefined) Gate.#aborts.add(signal, ticket);
      this.#watch(ticket);
      if (isHead) this.pump();
      this.onDemand?.();
    });
  }

  #watch(ticket: Ticket): void {
    if (ticket.timeoutMs === Infinity) return;
    const remainingMs = deadlineOf(ticket) - this.clock.now();
    // a timer may come early, and cannot be as long as a timeout can
    if (remainingMs > 0) ticket.stopTimer = this.clock.after(remainingMs, () => this.#watch(ticket));
    else Gate.#giveUp([ticket], this.#timedOut(ticket.timeoutMs, ticket.amounts, this.#before(ticket)));
  }

  /** Says whether it was still waiting: only who was may be told anything. */
  #leave(ticket: Ticket): boolean {
    if (!this.#queues.remove(ticket)) return false;
    this.#forget(ticket);
    return true;
  }

  #forget(ticket: Ticket): void {
    ticket.stopTimer?.();
    if (ticket.signal !== undefined) Gate.#aborts.delete(ticket.signal, ticket);
  }

  #expire(ticket: Ticket): void {
    const error = this.#timedOut(ticket.timeoutMs, ticket.amounts, this.#before(ticket));
    this.#leave(ticket);
    ticket.refuse(error);
    this.onDemand?.();
  }

  /** Those before one that waits, or before a newcomer. */
  *#before(one: Pick<Ticket, 'priority'>): Generator<Ticket> {
    for (const other of this.#queues) {
      if (other === one || other.priority < one.priority) return;
      yield other;
    }
  }

  #timedOut(timeoutMs: number, amounts: Vector, before: Iterable<Ticket>): AcquireTimeoutError {
    const reasons = this.#waitedFor(amounts, before, this.clock.now());
    return new AcquireTimeoutError(this.name, timeoutMs, this.obstacles.obstacle(), reasons);
  }

  #waitedFor(amounts: Vector, before: Iterable<Ticket>, now: number): WaitedFor[] {
    return waitedFor(this.#capacity, amounts, before, now).map((found) => {
      const reason = this.obstacles.whyLess(found.limit);
      return reason === undefined ? found : { ...found, whyLess: reason };
    });
  }

  static #giveUp(tickets: Iterable<Ticket>, reason: unknown): void {
    const gates = new Set<Gate>();
    for (const ticket of tickets) {
      if (ticket.gate.#leave(ticket)) ticket.refuse(reason);
      gates.add(ticket.gate);
    }
    for (const gate of gates) {
      gate.pump();
      gate.onDemand?.();
    }
  }

  /** Lets through the heads that may pass. Says when the first of the others may, as far as that is known. */
  #letThrough(): number {
    const { heads } = this.#queues;
    const before = new Reservation(this.#capacity);
    let nextAt = Infinity;
    let now = this.clock.now();
    for (let at = 0, first = heads[0]; first !== undefined && !this.#isStale; first = heads[at]) {
      const { head, signature } = first;
      if (deadlineOf(head) <= now) {
        this.#expire(head);
        continue;
      }
      const readyAt = before.readyAt(head.amounts, now);
      if (readyAt > now) {
        nextAt = Math.min(nextAt, readyAt);
        head.kept = this.#capacity.keeps(signature, before.lacking, head.amounts);
        before.add(head.amounts, head.kept);
        at += 1;
        continue;
      }
      this.#leave(head);
      this.#capacity.take(head.amounts, now);
      head.resolve(head.taken(head.request));
      head.onTaken?.();
      now = this.clock.now();
    }
    return nextAt;
  }

  /** When a newcomer could be served beside those before it; `Infinity` if one of them asks for the same limits. */
  #behindHeads(amounts: Vector, priority: number, now: number): number {
    const signature = signatureOf(amounts);
    if ((this.#queues.headOf(signature)?.priority ?? -Infinity) >= priority) return Infinity;
    const before = new Reservation(this.#capacity);
    for (const { head, signature: other } of this.#queues.heads) {
      if (head.priority < priority) break;
      if ((other & signature) !== 0) before.add(head.amounts, head.kept);
    }
    return before.readyAt(amounts, now);
  }

  #arm(at: number): void {
    if (at === this.#armedFor) return;
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = at;
    if (at === Infinity) return;
    this.#disarm = this.clock.after(at - this.clock.now(), () => {
      this.#disarm = undefined;
      this.#armedFor = Infinity;
      this.pump();
    });
  }
}

function deadlineOf({ since, timeoutMs }: Ticket): number {
  return since + timeoutMs;
}
