import type { LimitDefinition } from '../limiter/definition';
import type { Request } from '../limiter/request';
import type { Timer } from './clock';

/** How an acquisition wants to wait. */
export interface WaitOptions {
  /** Higher goes first. */
  readonly priority: number;
  /** `undefined` waits as long as it takes. Unit: milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Ends the wait with its reason. */
  readonly signal: AbortSignal | undefined;
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
  /** Gives the permits back, once. Resolves when nothing can get lost of that any more, if it takes a while. */
  release(): Promise<void> | undefined;
}

/**
 * What is known here of a request before it is made: it would be `served` at once, it would have to `wait`, or whoever
 * keeps the limits has to be asked (`unknown`).
 */
export type Outlook = 'served' | 'wait' | 'unknown';

/** Where acquisitions are served from. */
export interface Supply {
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
   * @throws AcquireTimeoutError at the deadline, the signal's reason when it aborts; nothing is taken then
   */
  take(request: Request, options: WaitOptions): Promise<Holding>;
  outlook(request: Request): Outlook;
  /** How long a request would wait as things stand. Unit: milliseconds; 0 is now, `Infinity` not foreseeable. */
  expectedWaitMs(request: Request): number;
}
