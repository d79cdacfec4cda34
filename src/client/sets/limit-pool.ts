import { BaseLimitPool, checkPool, POOL_OPTIONS, type PoolOptions } from '../../acquire/pool/base-limit-pool';
import { checkList, checkSets } from '../../acquire/pool/pool-checks';
import type { LoadBalancing } from '../../limiter/pool/balancers';
import { describeValue } from '../../limiter/errors/describe-value';
import { checkFunction } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import { nextInRotation } from '../../limiter/pool/pool';
import type { JsonObject } from '../../acquire/set/frozen-json';
import { LimitSet, type LimitSetStats } from './limit-set';
import type { LimitSetJSON, LimitSetOptions } from './limit-set-options';
import type { LimitView } from './limit-view';

const JSON_OPTIONS = new Set([...POOL_OPTIONS, 'limitSets']);
const OPTIONS = new Set([...JSON_OPTIONS, 'random']);

/** Options of a {@link LimitPool}. */
export interface LimitPoolOptions extends PoolOptions {
  /** At least one. */
  readonly limitSets: readonly LimitSet<object>[];
  /** Returns a number from 0 to below 1, for `'Random'`. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** The plain JSON form of a pool, as in a config file. */
export interface LimitPoolJSON extends PoolOptions {
  /** At least one. */
  readonly limitSets: readonly LimitSetJSON[];
}

/** What `LimitPool.getStats` returns. */
export interface LimitPoolStats {
  /** Name of the pool, if it has one. */
  readonly name: string | undefined;
  /** Number of sets. */
  readonly numLimitSets: number;
  /** How a set is chosen. */
  readonly loadBalancing: LoadBalancing;
  /** Where the rotation started. */
  readonly workerIndex: number;
  /** State of the rotation. */
  readonly balancerStats: {
    /** Calls so far, including failed ones. */
    readonly dispatched: number;
    /** The set that the rotation chooses next. */
    readonly next: number;
  };
  /** The stats of each set, in their order. */
  readonly limitSets: readonly LimitSetStats[];
}

/**
 * Several independent limit sets, such as accounts or regions. One of them serves each call. `limitSet`, `index` and
 * `config` of the acquisition say which. The rotation belongs to the pool; the limits may be shared with others.
 *
 * @example
 * const account = (region: string) =>
 *   new LimitSet({ config: { region }, limits: [new CallLimit({ windowSeconds: 60, capacity: 500 })] });
 * const pool = new LimitPool({ limitSets: [account('us-east-1'), account('eu-west-1')] });
 * await pool.use({ timeout: '30s' }, async (slot) => callTheProvider(slot.config));
 */
export class LimitPool<Config extends object = JsonObject, Key extends string = string> extends BaseLimitPool<
  LimitSet<Config, Key>,
  Config,
  Key
> {
  /** @throws {@link InvalidLimitError} */
  constructor(options: LimitPoolOptions) {
    checkOptions('a pool', options, OPTIONS);
    const sets = checkSets(options.limitSets, '; LimitPool.fromJSON takes plain JSON');
    const { random = Math.random } = options;
    checkFunction('random', random);
    super(sets as readonly LimitSet<Config, Key>[], checkPool(options), random);
  }

  /**
   * A pool, and its sets, from the JSON form.
   *
   * @throws as the constructors of both
   */
  static fromJSON(json: LimitPoolJSON, options: Pick<LimitSetOptions, 'client' | 'clock'> = {}): LimitPool {
    checkOptions('the JSON form of a pool', json, JSON_OPTIONS);
    const limitSets = checkList(json.limitSets).map((set) => LimitSet.fromJSON(set, options));
    return new LimitPool({ ...json, limitSets });
  }

  /**
   * A limit of the pool's only set.
   *
   * @throws TypeError if the pool has several sets; {@link UnknownLimitError}
   */
  get(key: string): LimitView {
    if (this.size > 1) {
      throw new TypeError(
        `Each of the pool's ${String(this.size)} limit sets may have a limit ${describeValue(key)}: use pool.at(i).get(key)`,
      );
    }
    return this.at(0).get(key);
  }

  /** How calls were spread, and the stats of every set. */
  async getStats(): Promise<LimitPoolStats> {
    const { loadBalancing, workerIndex } = this.policy;
    return {
      name: this.name,
      numLimitSets: this.size,
      loadBalancing,
      workerIndex,
      balancerStats: {
        dispatched: this.state.dispatched,
        next: nextInRotation(this.policy, this.state, this.size),
      },
      limitSets: await Promise.all(this.limitSets.map((set) => set.getStats())),
    };
  }

  /**
   * The pool as plain JSON, with all options, including the config of its sets. A pool made from it starts its own
   * rotation.
   */
  toJSON(): LimitPoolJSON {
    return {
      ...(this.name !== undefined && { name: this.name }),
      ...this.policy,
      limitSets: this.limitSets.map((set) => set.toJSON()),
    };
  }

  /** Closes every set. */
  async close(): Promise<void> {
    await Promise.all(this.limitSets.map((set) => set.close()));
  }
}
