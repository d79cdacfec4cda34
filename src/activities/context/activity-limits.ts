import { type Context } from '@temporalio/activity';
import { checkAcquireOptions, type AcquireOptions, type TryAcquireOptions } from '../../acquire/set/acquire-options';
import type { Acquisition } from '../../acquire/set/acquisition';
import { heartbeating, rememberProgress } from './heartbeat';
import type { Limits } from './worker-limits';

/** A worker's limits as seen from one activity: waiting heartbeats, and ends when the activity is cancelled. */
export class ActivityLimits implements Limits {
  constructor(
    readonly limits: Limits,
    readonly context: Context,
  ) {
    rememberProgress(context);
  }

  async acquire(options: AcquireOptions = {}): Promise<Acquisition> {
    return heartbeating(this.context, this.limits.acquire(this.#cancellable(options)));
  }

  tryAcquire(options: TryAcquireOptions = {}): Promise<Acquisition> {
    return heartbeating(this.context, this.limits.tryAcquire(options));
  }

  async use<T>(options: AcquireOptions, body: (slot: Acquisition) => T | PromiseLike<T>): Promise<T> {
    let started = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (started = resolve));
    const using = this.limits
      .use(this.#cancellable(options), (slot) => {
        started();
        return body(slot);
      })
      .finally(() => {
        started();
      });
    void heartbeating(this.context, waiting);
    return using;
  }

  #cancellable(options: AcquireOptions): AcquireOptions {
    // before the copy, of which nobody could tell what it was made from
    checkAcquireOptions(options);
    const { cancellationSignal } = this.context;
    const signal =
      options.signal === undefined ? cancellationSignal : AbortSignal.any([options.signal, cancellationSignal]);
    return { ...options, signal };
  }
}
