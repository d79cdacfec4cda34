import type { Clock } from '../acquire/clock';
import { busyController } from './busy-controller';
import { grpcCodeOf, wentUnanswered } from './grpc-code';

/** Tries that go unanswered in a row before a server counts as out of reach: fewer are a restart, or a packet lost. */
const TRIES = 3;
/** Tries follow each other faster. After it nobody has tried, so nobody knows, and the next acquisition finds out. */
const STALE_MS = 15_000;

/** Why {@link Reach.outage} aborts. */
export const OUT_OF_REACH = Symbol('out of reach');

/** Whether Temporal answers, as the calls to it tell. */
export class Reach {
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

  /** Nobody answered, or there was no connection to ask by. */
  unanswered(): void {
    this.#unanswered += 1;
    this.#failedAt = this.clock.now();
    if (this.#unanswered >= TRIES) this.#outage.abort(OUT_OF_REACH);
  }
}
