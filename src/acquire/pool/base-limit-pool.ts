import { acquireInTurn, askInTurn } from './acquire-in-turn';
import type { LoadBalancing } from '../../limiter/pool/balancers';
import { describeValue } from '../../limiter/errors/describe-value';
import { checkPolicy, choose, placesAfter, type PoolPolicy, type PoolState } from '../../limiter/pool/pool';
import { checkAcquireOptions, checkUse, type AcquireOptions, type TryAcquireOptions } from '../set/acquire-options';
import type { Acquisition } from '../set/acquisition';
import type { BaseLimitSet } from '../set/base-limit-set';
import { limitDefaults } from '../set/defaults';
import type { JsonObject } from '../set/frozen-json';
import { checkName } from '../set/set-settings';

/** How a pool of limit sets chooses. */
export interface PoolOptions {
  /** For logs and stats only. */
  readonly name?: string | undefined;
  /** How to choose a set. @default as configured by `configureLimits`, built in 'RoundRobin' */
  readonly loadBalancing?: LoadBalancing | undefined;
  /**
   * Where the rotation starts. Range: a whole number from 0. @default as configured by `configureLimits`, built in 0
   */
  readonly workerIndex?: number | undefined;
  /**
   * Whether a call goes to another set if the chosen one would make it wait, or could never serve it. In Temporal mode,
   * the pool asks the sets' limiters one after the other, unless it has just asked them. @default true
   */
  readonly failover?: boolean | undefined;
}

/** The names of {@link PoolOptions}. */
export const POOL_OPTIONS: readonly string[] = ['name', 'loadBalancing', 'workerIndex', 'failover'];

/** The options of a pool, checked and with nothing left open. */
export interface PoolSettings {
  readonly name: string | undefined;
  readonly policy: PoolPolicy;
}

/** @throws InvalidLimitError */
export function checkPool(options: PoolOptions): PoolSettings {
  const defaults = limitDefaults();
  return {
    name: checkName(options.name),
    policy: checkPolicy({
      loadBalancing: options.loadBalancing ?? defaults.loadBalancing,
      workerIndex: options.workerIndex ?? defaults.workerIndex,
      failover: options.failover ?? true,
    }),
  };
}

/** What all pools share, in processes and in workflows: one of several limit sets serves each call. */
export class BaseLimitPool<
  Set extends BaseLimitSet<Config, Key>,
  Config extends object = JsonObject,
  Key extends string = string,
> {
  readonly #sets: readonly Set[];
  readonly #random: () => number;
  readonly #asked: Asked = { options: {} };
  /** Made once: of a hundred sets, a choice mostly looks at one. */
  readonly #candidates: readonly LazyCandidate[];
  /** @internal */
  protected readonly policy: PoolPolicy;
  /** @internal */
  protected readonly state: PoolState = { dispatched: 0 };

  /** For logs and stats only. */
  readonly name: string | undefined;

  protected constructor(sets: readonly Set[], { policy, name }: PoolSettings, random: () => number) {
    this.#sets = sets;
    this.#candidates = sets.map((set) => new LazyCandidate(set, this.#asked));
    this.#random = random;
    this.policy = policy;
    this.name = name;
  }

  /** Number of sets. */
  get size(): number {
    return this.#sets.length;
  }

  /** The sets, in their order. */
  get limitSets(): readonly Set[] {
    return this.#sets;
  }

  /** @throws TypeError if the index is not a whole number; RangeError if there is no such set */
  at(index: number): Set {
    if (!Number.isInteger(index)) throw new TypeError(`Expected the index of a limit set, got ${describeValue(index)}`);
    const set = this.#sets[index];
    if (set === undefined) throw new RangeError(`No limit set ${String(index)}: the pool has ${String(this.size)}`);
    return set;
  }

  /**
   * Acquires as `LimitSet.acquire` does, from the set that `loadBalancing` chooses. Each call advances the rotation,
   * even if it fails. With `failover`, the pool tries the other sets before it waits. If every set would make the call
   * wait, it waits at all of them, and the first with room serves it.
   */
  async acquire(options: AcquireOptions<Key> = {}): Promise<Acquisition<Config, Key>> {
    const index = this.#choose(options);
    checkAcquireOptions(options);
    return acquireInTurn(this.#sets, index, this.policy.failover ? placesAfter(index, this.size) : [], options);
  }

  /** Acquires as `LimitSet.tryAcquire` does, from the chosen set. With `failover`, it then tries the others. */
  async tryAcquire(options: TryAcquireOptions<Key> = {}): Promise<Acquisition<Config, Key>> {
    const index = this.#choose(options);
    const slot = await this.at(index).tryAcquire(options);
    slot.placeAt(index);
    if (slot.successful || !this.policy.failover) return slot;
    return (await askInTurn(this.#sets, placesAfter(index, this.size), () => options)) ?? slot;
  }

  /** Acquires as `LimitSet.tryAcquireNow` does, from the chosen set. */
  tryAcquireNow(options: TryAcquireOptions<Key> = {}): Acquisition<Config, Key> {
    const index = this.#choose(options);
    const slot = this.at(index).tryAcquireNow(options);
    slot.placeAt(index);
    return slot;
  }

  /** Acquires, runs the body and releases as `LimitSet.use` does, with the set that `acquire` would choose. */
  async use<T>(options: AcquireOptions<Key>, body: (slot: Acquisition<Config, Key>) => T | PromiseLike<T>): Promise<T> {
    checkUse(options, body);
    return this.hold(await this.acquire(options), body);
  }

  /**
   * Runs the body of a `use` whose acquisition has been made.
   *
   * @internal
   */
  hold<T>(slot: Acquisition<Config, Key>, body: (slot: Acquisition<Config, Key>) => T | PromiseLike<T>): Promise<T> {
    return this.at(slot.index).hold(slot, body);
  }

  #choose(options: TryAcquireOptions): number {
    this.#asked.options = options;
    return choose(this.policy, this.state, this.#candidates, this.#random);
  }
}

/** What a pool is asked for, while it chooses. */
interface Asked {
  options: TryAcquireOptions;
}

/** Looks at a set only if the choice depends on it. */
class LazyCandidate {
  constructor(
    private readonly set: BaseLimitSet<object>,
    private readonly asked: Asked,
  ) {}

  get wouldWaitMs(): number | undefined {
    try {
      return this.set.expectedWaitMs(this.asked.options.requested);
    } catch {
      return undefined;
    }
  }
}
