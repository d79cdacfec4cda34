import type { Capacity } from '../../limiter/ledger/capacity';
import { AcquireTimeoutError } from '../../limiter/errors/waiting-errors';
import type { Request } from '../../limiter/request/request';
import { WaitQueue, type Waiting } from '../../limiter/waiting/wait-queue';
import { AbortWatch } from './abort-watch';
import type { WaitOptions, Timer } from '../ports';

/** One that waits at a gate. */
export interface Waiter extends Waiting {
  /** When it came. Unit: milliseconds of the gate's clock. */
  readonly since: number;
}

/** One that waits, and whom to tell when it no longer does. */
interface Ticket extends Waiter {
  /** `Infinity` without a timeout. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly admit: () => void;
  readonly refuse: (reason: unknown) => void;
  stopTimer: (() => void) | undefined;
}

const NOTHING = (): void => undefined;

/**
 * Lets acquisitions through a {@link Capacity}, one after the other.
 *
 * G1. Strictly in the order of the queue: while somebody of the same or a higher priority waits, nobody passes, so small
 *     requests do not starve a big one.
 * G2. Nobody passes before `readyAt`, and nobody who had to wait passes at or after its deadline.
 * G3. One timer serves the whole queue, and only while the head's moment is known; without one, `pump` must be called
 *     when capacity may have come.
 */
export class Gate {
  readonly #queue = new WaitQueue<Ticket>();
  readonly #aborts = new AbortWatch<Ticket>((tickets, reason) => {
    this.#giveUp(tickets, reason);
  });
  #disarm: (() => void) | undefined;
  #arrivals = 0;

  /**
   * @param onDemand Told whenever somebody began or gave up to wait.
   * @param name The limit set, for the error of a timeout.
   * @param obstacle What stands in the way of whoever waits, if it is not that others have the capacity.
   */
  constructor(
    public capacity: Capacity,
    readonly clock: Timer,
    readonly onDemand?: () => void,
    readonly name = 'unnamed',
    readonly obstacle?: () => string | undefined,
  ) {}

  /** How many wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** How many ever began to wait. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /** Those that wait, in the order in which they will pass. */
  get waiting(): Iterable<Waiter> {
    return this.#queue;
  }

  /** Passes at once, or says no without having changed anything. */
  tryPass({ amounts }: Request, priority: number): boolean {
    if (this.#queue.isAhead(priority)) return false;
    const now = this.clock.now();
    if (this.capacity.readyAt(amounts, now) > now) return false;
    this.capacity.take(amounts, now);
    return true;
  }

  /**
   * Passes when it is its turn.
   *
   * @param taken Called in the moment in which it has taken what it wants: a promise tells of that only later, when what
   *   it was taken from may be another one.
   * @throws AcquireTimeoutError at the deadline, or the signal's reason when it aborts
   */
  pass(request: Request, options: WaitOptions): Promise<void>;
  pass<T>(request: Request, options: WaitOptions, taken: () => T): Promise<T>;
  pass(request: Request, options: WaitOptions, taken: () => unknown = NOTHING): Promise<unknown> {
    const { signal, priority } = options;
    // the user chose the reason, whatever it is
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    if (signal?.aborted) return Promise.reject(signal.reason);
    return this.tryPass(request, priority) ? Promise.resolve(taken()) : this.#wait(request, options, taken);
  }

  /** Lets through all whose turn it is. To be called whenever capacity may have come. */
  pump(): void {
    for (let head = this.#queue.peek(); head !== undefined; head = this.#queue.peek()) {
      const now = this.clock.now();
      if (deadlineOf(head) <= now) {
        this.#expire(head);
        continue;
      }
      const readyAt = this.capacity.readyAt(head.amounts, now);
      if (readyAt > now) {
        this.#arm(readyAt, now);
        return;
      }
      this.#leave(head);
      this.capacity.take(head.amounts, now);
      head.admit();
    }
    this.#disarm?.();
    this.#disarm = undefined;
  }

  /**
   * How long a newcomer would wait as things stand, those before it taken to wait as long as the first of them does.
   * Unit: milliseconds; 0 is now, `Infinity` not foreseeable.
   */
  expectedWaitMs({ amounts }: Request): number {
    const now = this.clock.now();
    const own = this.capacity.readyAt(amounts, now) - now;
    const head = this.#queue.peek();
    if (head === undefined) return own;
    return (this.#queue.size + 1) * Math.max(1, own, this.capacity.readyAt(head.amounts, now) - now);
  }

  /** Refuses all that wait. */
  refuseAll(reason: unknown): void {
    for (const ticket of [...this.#queue]) {
      this.#leave(ticket);
      ticket.refuse(reason);
    }
    this.pump();
  }

  #wait<T>({ amounts }: Request, { priority, timeoutMs = Infinity, signal }: WaitOptions, taken: () => T): Promise<T> {
    if (timeoutMs <= 0) return Promise.reject(this.#timedOut(timeoutMs));
    return new Promise<T>((resolve, refuse) => {
      const since = this.clock.now();
      const admit = (): void => {
        resolve(taken());
      };
      const ticket = { amounts, priority, since, timeoutMs, signal, admit, refuse, stopTimer: undefined };
      this.#queue.push(ticket);
      this.#arrivals += 1;
      if (signal !== undefined) this.#aborts.add(signal, ticket);
      this.#watch(ticket);
      if (this.#queue.peek() === ticket) this.pump();
      this.onDemand?.();
    });
  }

  #watch(ticket: Ticket): void {
    if (ticket.timeoutMs === Infinity) return;
    const remainingMs = deadlineOf(ticket) - this.clock.now();
    // a timer may come early, and cannot be as long as a timeout can
    if (remainingMs > 0) ticket.stopTimer = this.clock.after(remainingMs, () => this.#watch(ticket));
    else this.#giveUp([ticket], this.#timedOut(ticket.timeoutMs));
  }

  /** Says whether it was still waiting: only who was may be told anything. */
  #leave(ticket: Ticket): boolean {
    if (!this.#queue.remove(ticket)) return false;
    ticket.stopTimer?.();
    if (ticket.signal !== undefined) this.#aborts.delete(ticket.signal, ticket);
    return true;
  }

  #expire(ticket: Ticket): void {
    this.#leave(ticket);
    ticket.refuse(this.#timedOut(ticket.timeoutMs));
    this.onDemand?.();
  }

  #timedOut(timeoutMs: number): AcquireTimeoutError {
    return new AcquireTimeoutError(this.name, timeoutMs, this.obstacle?.());
  }

  #giveUp(tickets: Iterable<Ticket>, reason: unknown): void {
    for (const ticket of tickets) if (this.#leave(ticket)) ticket.refuse(reason);
    this.pump();
    this.onDemand?.();
  }

  #arm(at: number, now: number): void {
    this.#disarm?.();
    this.#disarm =
      at === Infinity
        ? undefined
        : this.clock.after(at - now, () => {
            this.#disarm = undefined;
            this.pump();
          });
  }
}

function deadlineOf({ since, timeoutMs }: Ticket): number {
  return since + timeoutMs;
}
