import type { LimitDefinition } from '../limiter/definition/definition';
import type { Observation } from '../limiter/feedback/observation';
import type { Suspension } from '../limiter/feedback/provider-state';
import type { Request } from '../limiter/request/request';
import type { Push, Sync } from '../limiter/protocol/wire';

/** Time as those who wait see it. */
export interface Timer {
  /** Monotonic. Unit: milliseconds, with fractions. */
  now(): number;
  /** Runs `action` after `delayMs`; the returned function cancels it. Keeps the process alive: a request waits. */
  after(delayMs: number, action: () => void): () => void;
}

/** Time as a process sees it. Tests inject their own, and drive it by hand. */
export interface Clock extends Timer {
  /** Runs `action` once everything that is ready has run, and everything that was written has been sent. */
  turn(action: () => void): void;
}

/** How an acquisition wants to wait. */
export interface WaitOptions {
  /** Higher goes first. */
  readonly priority: number;
  /** `undefined` waits as long as it takes. Unit: milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Ends the wait with its reason. */
  readonly signal: AbortSignal | undefined;
  /** How many may wait before this one. @default any number */
  readonly maxWaiting?: number | undefined;
  /** How many of those at the gate wait for no more than an answer: they do not count. @default none */
  readonly asking?: number;
  /** Called in the moment in which the wait is over and the request has been taken. */
  readonly onTaken?: (() => void) | undefined;
}

/** What a supply has handed out, until it is released. */
export interface Holding {
  /** Grows with every holder of the same permits; a store that remembers the largest can refuse a stale holder. */
  readonly fencingToken: number;
  /** What was taken: of what was asked for, what the definitions of that moment limit. */
  readonly request: Request;
  readonly definitions: readonly LimitDefinition[];
  /** Aborts when the permits are lost, for example because the process could not renew its lease. */
  readonly signal: AbortSignal;
  /** Settles one rate limit: how much of what was taken was used. At most once per limit, before `release`. */
  settle(index: number, used: number): void;
  /**
   * Tells what the provider answered: a response, or what a client has thrown. As often as there is something to tell.
   * Returns what was read in it; nothing where answers are not read.
   *
   * @param isAnswer False of what a function came to that makes calls: some of them may be on their way still.
   */
  observe(answer: unknown, isAnswer?: boolean): Observation | undefined;
  /** Gives the permits back, once. Resolves when nothing can get lost of that any more, if it takes a while. */
  release(): Promise<void> | undefined;
}

/**
 * What is known here of a request before it is made: it would be `served` at once, it would have to `wait`, or only the
 * limiter knows (`unknown`).
 */
export type Availability = 'served' | 'wait' | 'unknown';

/** Why nothing starts for the provider's sake, and after how long a request may try again, as far as is known here. */
export interface Suspended extends Pick<Suspension, 'kind' | 'cause'> {
  /** 0 once a request may. Unit: milliseconds. */
  readonly ms: number;
}

/** Where acquisitions are served from. */
export interface CapacitySource {
  /** What waits are measured by. */
  readonly clock: Timer;
  /** What is limited at this moment; a newer definition may arrive at any time. */
  readonly definitions: readonly LimitDefinition[];
  /** Takes the request at once out of what is known to be free here, or says no without having changed or asked anything. */
  takeNow(request: Request, priority: number): Holding | undefined;
  /**
   * Takes the request if it is free, wherever that has to be asked, or says no without having changed anything: also when
   * the options end the asking.
   */
  tryTake(request: Request, options: WaitOptions): Promise<Holding | undefined>;
  /**
   * Waits its turn for the request.
   *
   * @throws AcquireTimeoutError at the deadline, the signal's reason when it aborts, QueueFullError; nothing is taken then
   */
  take(request: Request, options: WaitOptions): Promise<Holding>;
  availability(request: Request): Availability;
  /** How long a request would wait as things stand. Unit: milliseconds; 0 is now, `Infinity` not foreseeable. */
  expectedWaitMs(request: Request): number;
}

/** The way to one limiter; Temporal's in a process, a simulated one in tests. */
export interface LimiterLink {
  /** The address at which this client hears pushes at this moment; empty while it has to ask. */
  readonly queue: string;
  /** Resolves once the message is stored where the limiter will read it; rejects if that is not certain. */
  send(sync: Sync): Promise<void>;
}

/** What a push for a client reaches. What comes back travels to the limiter with the push's completion. */
export type PushHandler = (push: Push) => Sync | undefined;

/** What a {@link SyncFlow} keeps going. */
export interface SyncSource {
  /** When the next sync should go, on the client's clock; `Infinity` if there is nothing to say. */
  dueAt(now: number): number;
  compose(): Sync;
  /** This sync is stored where the limiter will read it; the call took so long, where that counts. */
  delivered(sync: Sync, tookMs?: number): void;
  /** Whether a request waits for an answer. */
  readonly isWaiting: boolean;
  /** Takes an answer over. */
  take(push: Push): void;
  /** The id under which the limiter knows it. */
  readonly id: string;
}

/** Sends one client's syncs when they are due: one in flight at most, each tried until it is certain to have arrived. */
export interface SyncFlow {
  /** To be called whenever there may be something new to say. */
  wake(): void;
  stop(): void;
}

/** The requests that wait for a limiter. */
export interface Awaiting {
  /** Whether a request waits. */
  readonly isWaiting: boolean;
  /** Whether a request waits for what only the limiter can bring. */
  readonly lacksAnswer: boolean;
  /** Whether the limiter has answered. */
  readonly registered: boolean;
  /** No answer is to be expected soon: requests that do not wait are refused. */
  refuseAsking(): void;
}

/** Finds out why a limiter does not answer. */
export interface AnswerWatch {
  /** What keeps the limiter from answering, if that is known. */
  readonly obstacle: string | undefined;
  /** Whether no answer can come until an operator removes the obstacle. */
  readonly isFinal: boolean;
  /** To be called whenever a request may have begun to wait, or its wait may have ended. */
  wake(): void;
  /** The limiter has answered. */
  answered(): void;
  stop(): void;
}
