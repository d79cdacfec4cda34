import type { LoadBalancing } from '../limiter/balancers/balancer';
import { checkOptions } from '../limiter/options';
import { checkPolicy, choose, nextInRotation, type PoolPolicy, type PoolState } from '../limiter/pool';
import type { AcquireOptions, TryAcquireOptions } from './acquire-options';
import type { Acquisition } from './acquisition';
import { limitDefaults } from './defaults';
import { LimitSet, type LimitSetStats } from './limit-set';
import { checkName, type LimitSetJSON, type LimitSetOptions } from './limit-set-options';
import type { LimitView } from './limit-view';
import { checkList, checkRandom, checkSets } from './pool-checks';

const JSON_OPTIONS = new Set(['name', 'loadBalancing', 'workerIndex', 'failover', 'limitSets']);
const OPTIONS = new Set([...JSON_OPTIONS, 'random']);

interface PoolOptions {
  /** For logs and stats only. */
  readonly name?: string | undefined;
  /** How to choose a set. @default as configured by `configureLimits`, built in 'RoundRobin' */
  readonly loadBalancing?: LoadBalancing | undefined;
  /** Offset of the first choice. Range: a whole number from 0. @default as configured by `configureLimits`, built in 0 */
  readonly workerIndex?: number | undefined;
  /** Whether a set that would make a call wait, or could never serve it, gives way to one that would not. @default true */
  readonly failover?: boolean | undefined;
}

/** Options of a {@link LimitPool}. */
export interface LimitPoolOptions extends PoolOptions {
  /** At least one. */
  readonly limitSets: readonly LimitSet[];
  /** Source of chance from 0 to below 1, for 'Random'. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** The plain JSON form of a pool, as in a config file. */
export interface LimitPoolJSON extends PoolOptions {
  /** At least one. */
  readonly limitSets: readonly LimitSetJSON[];
}

/** What `LimitPool.getStats` tells. */
export interface LimitPoolStats {
  /** Name of the pool, if it has one. */
  readonly name: string | undefined;
  /** How many sets. */
  readonly numLimitSets: number;
  /** How a set is chosen. */
  readonly loadBalancing: LoadBalancing;
  /** Offset of the first choice. */
  readonly workerIndex: number;
  /** How far the choosing has come. */
  readonly balancerStats: {
    /** Calls so far, failed ones too. */
    readonly dispatched: number;
    /** The set at which the rotation stands. */
    readonly next: number;
  };
  /** The stats of each set, in their order. */
  readonly limitSets: readonly LimitSetStats[];
}

/**
 * Several independent limit sets, such as accounts or regions: each call is served by one of them. Acquisitions tell
 * which by `limitSet`, `index` and `config`. The rotation belongs to the pool; the limits may be shared with others.
 */
export class LimitPool {
  readonly #sets: readonly LimitSet[];
  readonly #policy: PoolPolicy;
  readonly #state: PoolState = { dispatched: 0 };
  readonly #random: () => number;

  /** For logs and stats only. */
  readonly name: string | undefined;

  /** @throws {@link InvalidLimitError} */
  constructor(options: LimitPoolOptions) {
    checkOptions('a pool', options, OPTIONS);
    const defaults = limitDefaults();
    this.#sets = checkSets(options.limitSets);
    this.#policy = checkPolicy({
      loadBalancing: options.loadBalancing ?? defaults.loadBalancing,
      workerIndex: options.workerIndex ?? defaults.workerIndex,
      failover: options.failover ?? true,
    });
    this.#random = checkRandom(options.random ?? Math.random);
    this.name = checkName(options.name);
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

  /** How many sets. */
  get size(): number {
    return this.#sets.length;
  }

  /** The sets, in their order. */
  get limitSets(): readonly LimitSet[] {
    return this.#sets;
  }

  /** @throws TypeError if the index is not whole, RangeError if there is no such set */
  at(index: number): LimitSet {
    if (!Number.isInteger(index)) throw new TypeError(`Expected the index of a limit set, got ${String(index)}`);
    const set = this.#sets[index];
    if (set === undefined) throw new RangeError(`No limit set ${String(index)}: the pool has ${String(this.size)}`);
    return set;
  }

  /**
   * A limit, if the pool is of one set.
   *
   * @throws TypeError if it is of more; {@link UnknownLimitError}
   */
  get(key: string): LimitView {
    if (this.size > 1) {
      throw new TypeError(
        `Each of the pool's ${String(this.size)} limit sets may have a limit "${key}": use pool.at(i).get(key)`,
      );
    }
    return this.at(0).get(key);
  }

  /** {@link LimitSet.acquire}, of the set whose turn it is. Each call takes a turn, failed ones too. */
  async acquire(options: AcquireOptions = {}): Promise<Acquisition> {
    const index = this.#choose(options);
    return this.at(index).acquire(options, index);
  }

  /** {@link LimitSet.tryAcquire}, of the set whose turn it is. */
  async tryAcquire(options: TryAcquireOptions = {}): Promise<Acquisition> {
    const index = this.#choose(options);
    return this.at(index).tryAcquire(options, index);
  }

  /** {@link LimitSet.use}, of the set whose turn it is. */
  async use<T>(options: AcquireOptions, body: (slot: Acquisition) => T | PromiseLike<T>): Promise<T> {
    const index = this.#choose(options);
    return this.at(index).use(options, body, index);
  }

  /** How the calls were spread, and the stats of every set. */
  async getStats(): Promise<LimitPoolStats> {
    const { loadBalancing, workerIndex } = this.#policy;
    return {
      name: this.name,
      numLimitSets: this.size,
      loadBalancing,
      workerIndex,
      balancerStats: {
        dispatched: this.#state.dispatched,
        next: nextInRotation(this.#policy, this.#state, this.size),
      },
      limitSets: await Promise.all(this.#sets.map((set) => set.getStats())),
    };
  }

  /** The pool as plain JSON, with nothing left open, the config of its sets included; its rotation begins anew. */
  toJSON(): LimitPoolJSON {
    return {
      ...(this.name !== undefined && { name: this.name }),
      ...this.#policy,
      limitSets: this.#sets.map((set) => set.toJSON()),
    };
  }

  /** Closes every set. */
  async close(): Promise<void> {
    await Promise.all(this.#sets.map((set) => set.close()));
  }

  #choose(options: TryAcquireOptions): number {
    const candidates = this.#sets.map((set) => new LazyCandidate(set, options));
    return choose(this.#policy, this.#state, candidates, this.#random);
  }
}

/** Looks at a set only if the choice depends on it. */
class LazyCandidate {
  constructor(
    private readonly set: LimitSet,
    private readonly options: TryAcquireOptions,
  ) {}

  get wouldWaitMs(): number | undefined {
    try {
      return this.set.expectedWaitMs(this.options.requested);
    } catch {
      return undefined;
    }
  }
}
