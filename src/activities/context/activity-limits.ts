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

  /** With a signal that ends with the activity, and no timeout beyond its deadline. */
  async acquire(options: AcquireOptions = {}): Promise<Acquisition> {
    // before the copy: that is a plain object, whatever it was made from
    checkAcquireOptions(options);
    const { explanation } = this.#deadline;
    const leftMs = this.#deadline.leftMs();
    if (leftMs <= 0) throw new AcquireTimeoutError(this.limits.name ?? 'unnamed', 0, undefined, [], explanation);
    const ownMs = options.timeout === undefined ? Infinity : durationToMs('timeout', options.timeout);
    const isOurs = leftMs < ownMs;
    const wait = withEitherSignal(options.signal, this.context.cancellationSignal, (signal) =>
      this.limits.acquire({ ...options, signal, ...(isOurs && { timeout: leftMs }) }),
    );
    try {
      return (await this.#heartbeating<unknown>(wait)) as Acquisition;
    } catch (error) {
      // a wait that the activity's own time has ended says so, and what helps
      const isOver = isOurs && error instanceof AcquireTimeoutError && this.#deadline.leftMs() <= 0;
      throw isOver ? error.within(Math.round(leftMs), explanation) : error;
    }
  }

  tryAcquire(options: TryAcquireOptions = {}): Promise<Acquisition> {
    return this.#heartbeating(this.limits.tryAcquire(options)) as Promise<Acquisition>;
  }

  async use<T>(options: AcquireOptions, body: (slot: Acquisition) => T | PromiseLike<T>): Promise<T> {
    checkUse(options, body);
    return this.limits.hold(await this.acquire(options), (slot) => body(slot as Acquisition));
  }

  getStats(): Promise<LimitSetStats | LimitPoolStats> {
    return this.limits.getStats();
  }

  #heartbeating<T>(wait: Promise<T>): Promise<T> {
    return heartbeating(this.context, wait, () => waitingFor(this.limits));
  }
}
