import { type Context } from '@temporalio/activity';
import {
  checkAcquireOptions,
  checkUse,
  type AcquireOptions,
  type TryAcquireOptions,
} from '../../acquire/set/acquire-options';
import { withEitherSignal } from '../../acquire/gate/either-signal';
import type { Acquisition } from '../../acquire/set/acquisition';
import type { JsonObject } from '../../acquire/set/frozen-json';
import { LimitPool, type LimitPoolStats } from '../../client/sets/limit-pool';
import type { LimitSetStats } from '../../client/sets/limit-set';
import { durationToMs } from '../../limiter/checks/duration';
import { AcquireTimeoutError } from '../../limiter/errors/waiting-errors';
import { deadlineOf, type ActivityDeadline } from './activity-deadline';
import { heartbeating, rememberProgress } from './heartbeat';
import { waitingFor, type AnyLimits, type Limits } from './worker-limits';

/**
 * A worker's limits as seen from one activity: waiting heartbeats, and ends when the activity is cancelled, or when what is
 * acquired could no longer be used before the activity times out.
 */
export class ActivityLimits implements Limits {
  readonly #deadline: ActivityDeadline;

  constructor(
    readonly limits: AnyLimits,
    readonly context: Context,
  ) {
    this.#deadline = deadlineOf(context);
    rememberProgress(context);
  }

  get name(): string | undefined {
    return this.limits.name;
  }

  get config(): JsonObject | undefined {
    return this.limits instanceof LimitPool ? undefined : (this.limits.config as JsonObject);
  }

  async acquire(options: AcquireOptions = {}): Promise<Acquisition> {
    return this.#bounded(
      options,
      (wait) => this.#heartbeating(this.#inTime(wait, this.limits.acquire(wait))) as Promise<Acquisition>,
    );
  }

  tryAcquire(options: TryAcquireOptions = {}): Promise<Acquisition> {
    return this.#heartbeating(this.limits.tryAcquire(options)) as Promise<Acquisition>;
  }

  async use<T>(options: AcquireOptions, body: (slot: Acquisition) => T | PromiseLike<T>): Promise<T> {
    checkUse(options, body);
    let started = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (started = resolve));
    let hasStarted = false;
    const using = this.#bounded(options, (wait) =>
      this.limits
        .use(wait, (slot) => {
          hasStarted = true;
          started();
          return body(slot as Acquisition);
        })
        .catch((error: unknown) => {
          throw hasStarted ? error : this.#explained(wait, error);
        }),
    ).finally(() => {
      started();
    });
    void this.#heartbeating(waiting);
    return using;
  }

  getStats(): Promise<LimitSetStats | LimitPoolStats> {
    return this.limits.getStats();
  }

  #heartbeating<T>(wait: Promise<T>): Promise<T> {
    return heartbeating(this.context, wait, () => waitingFor(this.limits));
  }

  /** Acquires with the options, a signal that ends with the activity, and no timeout beyond its deadline. */
  async #bounded<T>(options: AcquireOptions, acquire: (wait: AcquireOptions) => Promise<T>): Promise<T> {
    // before the copy: that is a plain object, whatever it was made from
    checkAcquireOptions(options);
    const leftMs = this.#deadline.leftMs();
    if (leftMs <= 0) {
      const { explanation } = this.#deadline;
      throw new AcquireTimeoutError(this.limits.name ?? 'unnamed', 0, undefined, [], explanation);
    }
    const ownMs = options.timeout === undefined ? Infinity : durationToMs('timeout', options.timeout);
    return withEitherSignal(options.signal, this.context.cancellationSignal, (signal) =>
      acquire({ ...options, signal, ...(leftMs < ownMs && { timeout: leftMs }) }),
    );
  }

  async #inTime<T>(wait: AcquireOptions, acquiring: Promise<T>): Promise<T> {
    try {
      return await acquiring;
    } catch (error) {
      throw this.#explained(wait, error);
    }
  }

  /** A wait that the activity's own time has ended says so, and what helps. */
  #explained({ timeout }: AcquireOptions, error: unknown): unknown {
    const isOurs = error instanceof AcquireTimeoutError && typeof timeout === 'number' && this.#deadline.leftMs() <= 0;
    return isOurs ? error.within(Math.round(timeout), this.#deadline.explanation) : error;
  }
}
