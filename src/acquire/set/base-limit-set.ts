import { planRequest, type Amounts, type Request } from '../../limiter/request/request';
import type { LimitDefinition } from '../../limiter/definition/definition';
import type { Limit } from '../../limiter/definition/limits';
import { checkPlainObject } from '../../limiter/checks/options';
import {
  checkAcquireOptions,
  checkTryAcquireOptions,
  checkUse,
  waitOptions,
  type AcquireOptions,
  type TryAcquireOptions,
} from './acquire-options';
import { Acquisition, type Origin, withoutRetired } from './acquisition';
import type { Timer, Holding, Availability, CapacitySource, WaitOptions } from '../ports';
import type { JsonObject } from './frozen-json';
import type { Nesting } from './nesting';
import type { SetSettings } from './set-settings';
import { SettlementNotices } from './settlement-notices';

const NOTHING: Request = { amounts: [], covers: [] };

/** What all limit sets share, in processes and in workflows: the rules for acquiring several limits together. */
export abstract class BaseLimitSet<Config extends object = JsonObject, Key extends string = string> {
  readonly #settings: SetSettings;
  readonly #nesting: Nesting;
  readonly #origin: Origin;

  protected constructor(settings: SetSettings, nesting: Nesting) {
    const { name, config, definition } = settings;
    this.#settings = settings;
    this.#nesting = nesting;
    const notices = new SettlementNotices(name, (message) => {
      this.warn(message);
    });
    this.#origin = { limitSet: name, config, definitions: definition.limits, notices };
  }

  /**
   * Where acquisitions are served from.
   *
   * @internal
   */
  protected abstract get supply(): CapacitySource;

  /**
   * Tells the users of the set what they should know, once.
   *
   * @internal
   */
  protected abstract warn(message: string): void;

  /** The name by which processes share the set, if it has one. */
  get name(): string | undefined {
    return this.#settings.name;
  }

  /** Version of the definition. */
  get version(): number {
    return this.#settings.definition.version;
  }

  /** The config that every acquisition carries, deep-frozen. */
  get config(): Readonly<Config> {
    return this.#settings.config as Readonly<Config>;
  }

  /** The limits as they were defined. */
  get limits(): readonly Limit[] {
    return this.#settings.limits;
  }

  /** The keys of the limits, in their order. */
  get keys(): readonly string[] {
    return this.#settings.limits.map(({ key }) => key);
  }

  /**
   * Waits its turn, and then acquires all limits together. Always release it, or use `use`.
   *
   * @throws {@link AcquireTimeoutError} at the deadline; the signal's reason if it aborts; {@link QueueFullError} at
   *   once if `maxWaiting` acquisitions already wait
   * @throws {@link UnknownLimitError}, {@link InvalidAmountError}, {@link RateAmountRequiredError},
   *   {@link RequestExceedsCapacityError}, {@link NestedAcquireError}, {@link InvalidLimitError} at once, for what could never
   *   be granted
   */
  acquire(options: AcquireOptions<Key> = {}): Promise<Acquisition<Config, Key>> {
    return this.lineUp(options);
  }

  /**
   * {@link acquire}, also at several sets at once.
   *
   * @param onTaken Called in the moment in which it has been taken.
   * @internal
   */
  async lineUp(options: AcquireOptions<Key>, onTaken?: () => void): Promise<Acquisition<Config, Key>> {
    checkAcquireOptions(options);
    const { supply } = this;
    const { definitions } = supply;
    const planned = this.#plan(supply, options.requested);
    const nested = this.#nesting.nested(supply, definitions, planned, options.requested, true);
    const request = nested ?? planned;
    const wait = this.#inTurn(waitOptions(options), nested !== undefined, onTaken);
    // most pass at once: no promise then but the one that is returned
    const atOnce = wait.signal?.aborted === true ? undefined : supply.takeNow(request, wait.priority);
    if (atOnce !== undefined) onTaken?.();
    const holding = atOnce ?? (await this.wait(supply, request, wait));
    // the definitions may have changed during the wait
    return this.acquisition(this.#origin, holding.definitions, holding.request, holding);
  }

  /**
   * Acquires without waiting. If something is not free, or others wait for it, it takes nothing and `successful` is
   * false.
   *
   * @throws as `acquire` for what could never be granted
   */
  async tryAcquire(options: TryAcquireOptions<Key> = {}): Promise<Acquisition<Config, Key>> {
    checkTryAcquireOptions(options);
    return this.ask(options);
  }

  /**
   * `tryAcquire` that gives up asking at the timeout, and when the signal aborts.
   *
   * @internal
   */
  async ask(options: AcquireOptions<Key>): Promise<Acquisition<Config, Key>> {
    const { supply } = this;
    const { definitions } = supply;
    const planned = this.#plan(supply, options.requested);
    const nested = this.#nesting.nested(supply, definitions, planned, options.requested, false);
    const request = nested ?? planned;
    const holding = await supply.tryTake(request, this.#inTurn(waitOptions(options), nested !== undefined));
    // the definitions may have changed while the limiter was asked
    const taken = holding ?? { definitions, request };
    return this.acquisition(this.#origin, taken.definitions, taken.request, holding);
  }

  /**
   * `tryAcquire` without a promise, for code that cannot wait even for an answer. It uses only what this process knows
   * to be free. In memory mode, that is everything. In Temporal mode, it is what the limiter has granted to this
   * process and no call uses yet. A refused request may still be free at the limiter. A process that keeps acquiring is
   * granted a little ahead; one that has just started has nothing. What is taken recovers only once the event loop has
   * turned: a loop that asks again and again, and waits for nothing else, is refused for good.
   *
   * @throws as `acquire` for what could never be granted; {@link LimiterUnavailableError} if the set has been closed
   */
  tryAcquireNow(options: TryAcquireOptions<Key> = {}): Acquisition<Config, Key> {
    checkTryAcquireOptions(options);
    const { supply } = this;
    const { definitions } = supply;
    const planned = this.#plan(supply, options.requested);
    const nested = this.#nesting.nested(supply, definitions, planned, options.requested, false);
    const request = nested ?? planned;
    const { priority } = this.#inTurn(waitOptions(options), nested !== undefined);
    return this.acquisition(this.#origin, definitions, request, supply.takeNow(request, priority));
  }

  /**
   * Acquires, runs the body, and always releases. It throws the body's error unchanged, and returns the body's result
   * whatever it used. If the body reports no usage, a warning says so, and the full request counts as used.
   *
   * Inside the body, an acquire of the same set takes no permits of a resource limit that this one holds, unless it
   * names that limit. If it names permits that it could never get, it throws at once.
   *
   * @throws as `acquire`
   */
  async use<T>(options: AcquireOptions<Key>, body: (slot: Acquisition<Config, Key>) => T | PromiseLike<T>): Promise<T> {
    checkUse(options, body);
    return this.hold(await this.acquire(options), body);
  }

  /**
   * Runs the body of a `use` whose acquisition has been made.
   *
   * @internal
   */
  async hold<T>(
    slot: Acquisition<Config, Key>,
    body: (slot: Acquisition<Config, Key>) => T | PromiseLike<T>,
  ): Promise<T> {
    let result: T;
    try {
      result = await this.#nesting.run(this.supply, slot, () => body(slot));
    } catch (error) {
      // usage that the body did not get to tell is no news then
      await slot.release().catch(() => undefined);
      throw error;
    }
    await slot.releaseAfterUse();
    return result;
  }

  /**
   * How long a request would wait, judging by the current state. Unit: milliseconds. 0 means now, `Infinity` not
   * foreseeable.
   *
   * @throws as `acquire` for what could never be granted
   */
  expectedWaitMs(requested?: Amounts<Key>): number {
    const { supply } = this;
    return supply.expectedWaitMs(this.#planNested(supply, requested));
  }

  /**
   * What is known of a request before it is made.
   *
   * @internal
   */
  outlook(requested?: Amounts<Key>): Availability {
    const { supply } = this;
    return supply.availability(this.#planNested(supply, requested));
  }

  /**
   * What waits are measured by.
   *
   * @internal
   */
  get clock(): Timer {
    return this.supply.clock;
  }

  /**
   * Waits its turn for a request that was not served at once.
   *
   * @internal
   */
  protected wait(supply: CapacitySource, request: Request, options: WaitOptions): Promise<Holding> {
    return supply.take(request, options);
  }

  /**
   * What is handed to the user for a holding, or for none.
   *
   * @internal
   */
  protected acquisition(
    origin: Origin,
    definitions: readonly LimitDefinition[],
    request: Request,
    holding: Holding | undefined,
  ): Acquisition<Config, Key> {
    return new Acquisition(origin, definitions, request, holding);
  }

  /**
   * How a request waits. Where the acquisitions around it hold permits it goes first: who is ahead of it may need those,
   * which only come back when it is through.
   */
  #inTurn(wait: WaitOptions, isNested: boolean, onTaken?: () => void): WaitOptions {
    const { maxWaiting } = this.#settings;
    if (!isNested && maxWaiting === undefined && onTaken === undefined) return wait;
    return { ...wait, maxWaiting, onTaken, ...(isNested && { priority: Number.MAX_VALUE }) };
  }

  #planNested(supply: CapacitySource, requested: Amounts | undefined): Request {
    const request = this.#plan(supply, requested);
    return this.#nesting.nested(supply, supply.definitions, request, requested, true) ?? request;
  }

  #plan(supply: CapacitySource, requested: Amounts | undefined): Request {
    if (requested !== undefined) checkPlainObject('requested', requested);
    // a set without limits allows everything, so that code can be written as if there were some
    if (this.#settings.limits.length === 0) return NOTHING;
    const { definitions } = supply;
    return planRequest(definitions, requested && withoutRetired(requested, this.#origin.definitions, definitions));
  }
}
