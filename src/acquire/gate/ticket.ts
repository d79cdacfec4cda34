import type { Kept } from '../../limiter/ledger/capacity';
import type { Request } from '../../limiter/request/request';
import type { SignedWaiting } from '../../limiter/waiting/signature-queues';
import type { Vector } from '../../limiter/vector/vector';

/** One that waits at a gate. */
export interface Waiter extends SignedWaiting {
  /** When it came. Unit: milliseconds of the gate's clock. */
  readonly since: number;
}

/** One that waits, and whom to tell when it no longer does. */
export interface Ticket extends Waiter {
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
}

/** When it is too late for one that waits. Unit: milliseconds of the gate's clock. */
export function deadlineOf({ since, timeoutMs }: Ticket): number {
  return since + timeoutMs;
}
