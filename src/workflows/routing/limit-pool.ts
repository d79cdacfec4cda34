import type { UntypedActivities } from '@temporalio/workflow';
import { checkUse, type AcquireOptions } from '../../acquire/set/acquire-options';
import type { Acquisition } from '../../acquire/set/acquisition';
import type { JsonObject } from '../../acquire/set/frozen-json';
import { BaseLimitPool, checkPool, POOL_OPTIONS, type PoolOptions } from '../../acquire/pool/base-limit-pool';
import { checkSets } from '../../acquire/pool/pool-checks';
import { checkOptions } from '../../limiter/checks/options';
import { throwIfCancelled } from '../support/cancellation';
import { failing, failingAsync } from '../support/failure';
import type { LimitSet } from '../limits/limit-set';
import { proxyPoolActivities, type PoolActivities } from './pool-activities';
import type { PoolActivityOptions } from './pool-activity-options';

/** Options of a `LimitPool` in workflow code. */
export interface LimitPoolOptions extends PoolOptions {
  /** At least one. */
  readonly limitSets: readonly LimitSet<object>[];
}

const OPTIONS = new Set([...POOL_OPTIONS, 'limitSets']);

/**
 * Several independent limit sets, such as accounts or regions. One of them serves each call. `limitSet`, `index` and
 * `config` of the acquisition say which. The rotation belongs to the workflow run, and is the same in every replay.
 *
 * @example
 * const region = (name: string) =>
 *   new LimitSet({
 *     name: `openai-${name}`,
 *     config: { taskQueue: `llm-${name}` },
 *     limits: [new CallLimit({ windowSeconds: 60, capacity: 500 })],
 *   });
 * const pool = new LimitPool({ limitSets: [region('us'), region('eu')] });
 * const { complete } = pool.proxyActivities<typeof activities>({ startToCloseTimeout: '1m' });
 * const reply = await complete('Say hello.');
 */
export class LimitPool<Config extends object = JsonObject, Key extends string = string> extends BaseLimitPool<
  LimitSet<Config, Key>,
  Config,
  Key
> {
  /** @throws `InvalidLimitError` */
  constructor(options: LimitPoolOptions) {
    const { sets, settings } = failing(() => {
      checkOptions('a pool', options, OPTIONS);
      return { sets: checkSets(options.limitSets), settings: checkPool(options) };
    });
    // in the sandbox it is the same in every replay
    super(sets as readonly LimitSet<Config, Key>[], settings, Math.random);
  }

  /** @throws TypeError if the index is not a whole number; RangeError if there is no such set */
  override at(index: number): LimitSet<Config, Key> {
    return failing(() => super.at(index));
  }

  /**
   * Acquires as `LimitSet.acquire` does, from the set that `loadBalancing` chooses. Each call advances the rotation,
   * even if it fails. With `failover`, the pool tries the other sets before it waits. If every set would make the call
   * wait, it waits at all of them, and the first with room serves it.
   */
  override async acquire(options: AcquireOptions<Key> = {}): Promise<Acquisition<Config, Key>> {
    await throwIfCancelled();
    return failingAsync(() => super.acquire(options));
  }

  /** Acquires, runs the body and releases as `LimitSet.use` does, with the set that `acquire` would choose. */
  override async use<T>(
    options: AcquireOptions<Key>,
    body: (slot: Acquisition<Config, Key>) => T | PromiseLike<T>,
  ): Promise<T> {
    failing(() => {
      checkUse(options, body);
    });
    return super.use(options, body);
  }

  /**
   * Activities whose calls go to the pool's limit sets in turn. Each call runs on the `config.taskQueue` of its set.
   *
   * @throws `InvalidLimitError`, which names the option, or the set without a task queue
   * @example
   * const { complete } = regions.proxyActivities<typeof activities>({ startToCloseTimeout: '1m' });
   */
  proxyActivities<A = UntypedActivities>(options: PoolActivityOptions<A>): PoolActivities<A> {
    // routing reads no config but its task queue, whatever else is in it
    const limitSets = this.limitSets as readonly LimitSet<object>[] as readonly LimitSet[];
    return proxyPoolActivities<A>({ limitSets, policy: this.policy, state: this.state }, options);
  }
}
