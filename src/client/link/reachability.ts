import type { Clock } from '../../acquire/ports';
import { busyController } from './system-clock';
import { isGrpcServiceError } from '@temporalio/client';

/** Tries that go unanswered in a row before a server counts as out of reach: fewer are a restart, or a packet lost. */
const TRIES = 3;
/** Tries follow each other faster. After this time without one the state is unknown: the next acquisition finds out. */
const STALE_MS = 15_000;

/** Why {@link Reachability.outage} aborts. */
export const OUT_OF_REACH = Symbol('out of reach');

/** Whether Temporal answers, as the calls to it tell. */
export class Reachability {
  #unanswered = 0;
  #failedAt = -Infinity;
  #outage = busyController();

  constructor(readonly clock: Clock) {}

  /** Aborts when Temporal gets out of reach; another one, that has not aborted, once it answers again. */
  get outage(): AbortSignal {
    const { signal } = this.#outage;
    if (signal.aborted && this.clock.now() - this.#failedAt > STALE_MS) this.#outage = busyController();
    return this.#outage.signal;
  }

  get isLost(): boolean {
    return this.outage.aborted;
  }

  answered(): void {
    this.#unanswered = 0;
    if (this.#outage.signal.aborted) this.#outage = busyController();
  }

  /** A call failed, which may have been an answer as well; what happened before it went out says nothing. */
  failed(error: unknown): void {
    if (wentUnanswered(error)) this.unanswered();
    else if (grpcCodeOf(error) !== undefined) this.answered();
  }

  /** A call got no answer, or there was no connection for it. */
  unanswered(): void {
    this.#unanswered += 1;
    this.#failedAt = this.clock.now();
    if (this.#unanswered >= TRIES) this.#outage.abort(OUT_OF_REACH);
  }
}

/** gRPC's codes for a call that got no answer; with any other, the server has answered. */
export const CANCELLED = 1;
export const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;
/** The server has answered, and does not take the call for now. */
export const RESOURCE_EXHAUSTED = 8;
/** The server has answered that the workflow is not ready for this. */
export const FAILED_PRECONDITION = 9;
const UNANSWERED: readonly (number | undefined)[] = [CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE];

/** How a call over the network failed, by gRPC's code; the SDK wraps most such errors. */
export function grpcCodeOf(error: unknown): number | undefined {
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(reason) ? reason.code : undefined;
}

/** Whether the error is that no server has answered, rather than what one has said. */
export function wentUnanswered(error: unknown): boolean {
  return UNANSWERED.includes(grpcCodeOf(error));
}
