import { UnknownLimitError } from '../limiter/errors/unknown-limit-error';
import type { LimitStats } from '../limiter/ledger';
import { limitToJSON, type Limit } from '../limiter/limits';
import { checkPlainObject } from '../limiter/options';
import { planRequest, type Amounts, type Request } from '../limiter/request';
import {
  checkAcquireOptions,
  checkPriority,
  checkTryAcquireOptions,
  waitOptions,
  type AcquireOptions,
  type TryAcquireOptions,
} from './acquire-options';
import { Acquisition, type Origin } from './acquisition';
import type { Backend } from './backend';
import type { Mode } from './backends';
import { systemClock } from './clock';
import { checkConnectionOptions } from './connection-options';
import type { JsonObject } from './frozen-json';
import { refuseSelfWait, runHolding } from './holder-context';
import {
  checkSetJSON,
  checkSetOptions,
  type LimitSetJSON,
  type LimitSetOptions,
  type LimitSetSettings,
} from './limit-set-options';
import { LimitView } from './limit-view';
import { withoutRetired } from './retired-keys';
import { privateBackend, sharedBackend, type BackendHandle } from './shared-backends';

/** What `LimitSet.getStats` tells. The set's config is not part of it: keys live there. */
export interface LimitSetStats {
  /** Name of the set, if it has one. */
  readonly name: string | undefined;
  /** Capacity, available and utilization of each limit, by key. */
  readonly limits: Readonly<Record<string, LimitStats>>;
  /** Acquisitions that wait; in Temporal mode, in all processes. */
  readonly waiting: number;
}

const NOTHING: Request = { amounts: [], covers: [] };

/**
 * Several limits that are acquired together: all or nothing, first come, first served.
 *
 * @example
 * const limits = new LimitSet({
 *   limits: [new CallLimit({ windowSeconds: 60, capacity: 500 }), new ResourceLimit({ key: 'connections', capacity: 20 })],
 * });
 * await limits.use({ timeout: '30s' }, async () => callTheProvider());
 */
export class LimitSet {
  readonly #settings: LimitSetSettings;
  readonly #handle: BackendHandle;
  #origin: Origin;

  /** @throws {@link InvalidLimitError}, {@link DuplicateLimitError}, {@link DefinitionConflictError} */
  constructor(options: LimitSetOptions) {
    const settings = checkSetOptions(options);
    const { name, mode, definition, onUnavailable, config } = settings;
    const open = settings.shared ? sharedBackend : privateBackend;
    this.#settings = settings;
    this.#origin = { limitSet: name, index: 0, config, keys: mode === 'temporal' ? this.keys : [] };
    this.#handle = open(mode, {
      name: name ?? 'unnamed',
      definition,
      onUnavailable,
      client: options.client,
      clock: options.clock ?? systemClock,
    });
  }

  /**
   * A set from its JSON form.
   *
   * @throws as the constructor
   */
  static fromJSON(json: LimitSetJSON, options: Pick<LimitSetOptions, 'client' | 'clock'> = {}): LimitSet {
    checkSetJSON(json);
    checkConnectionOptions(options);
    return new LimitSet({ ...json, ...options });
  }

  /** What the set is shared by, if it is. */
  get name(): string | undefined {
    return this.#settings.name;
  }

  /** Where the limits are kept. */
  get mode(): Mode {
    return this.#settings.mode;
  }

  /** Version of the definition. */
  get version(): number {
    return this.#settings.definition.version;
  }

  /** What every acquisition carries, deep-frozen. */
  get config(): JsonObject {
    return this.#settings.config;
  }

  /** The limits as they were defined. */
  get limits(): readonly Limit[] {
    return this.#settings.limits;
  }

  /** The keys of the limits, in their order. */
  get keys(): readonly string[] {
    return this.#settings.limits.map(({ key }) => key);
  }

  /** @throws {@link UnknownLimitError} */
  get(key: string): LimitView {
    const limit = this.#settings.limits.find((known) => known.key === key);
    if (limit === undefined) throw new UnknownLimitError(key, this.keys);
    return new LimitView(limit, () => this.#handle.backend);
  }

  /**
   * Waits its turn and takes what is requested, of all limits together. Release it whatever happens, or let
   * {@link LimitSet.use} do so.
   *
   * @param place Place of the set in its pool; pools pass it.
   * @throws {@link AcquireTimeoutError} at the deadline; the signal's reason when it aborts
   * @throws {@link UnknownLimitError}, {@link InvalidAmountError}, {@link RateAmountRequiredError},
   *   {@link RequestExceedsCapacityError}, {@link NestedAcquireError}, {@link InvalidLimitError} at once, for what could
   *   never be granted
   */
  async acquire(options: AcquireOptions = {}, place = 0): Promise<Acquisition> {
    checkAcquireOptions(options);
    const { backend } = this.#handle;
    const { definitions } = backend;
    const request = this.#plan(backend, options.requested);
    refuseSelfWait(backend, definitions, request);
    const holding = await backend.take(request, waitOptions(options));
    // the definitions may have changed during the wait
    return new Acquisition(this.#at(place), holding.definitions, holding.request, holding);
  }

  /**
   * Takes what is requested if it is free and nobody waits for it; otherwise nothing, and `successful` is false.
   *
   * @param place Place of the set in its pool; pools pass it.
   * @throws as {@link LimitSet.acquire} for what could never be granted
   */
  async tryAcquire(options: TryAcquireOptions = {}, place = 0): Promise<Acquisition> {
    checkTryAcquireOptions(options);
    const { backend } = this.#handle;
    const { definitions } = backend;
    const request = this.#plan(backend, options.requested);
    const holding = await backend.tryTake(request, checkPriority(options.priority));
    return new Acquisition(this.#at(place), definitions, request, holding);
  }

  /**
   * Acquires, runs the body, and releases whatever happens. An error of the body is thrown as it is.
   *
   * Inside the body, an acquire of the same set that would wait for permits which this one holds is an error at once.
   *
   * @param place Place of the set in its pool; pools pass it.
   * @throws as {@link LimitSet.acquire} and {@link Acquisition.release}
   */
  async use<T>(options: AcquireOptions, body: (slot: Acquisition) => T | PromiseLike<T>, place = 0): Promise<T> {
    const slot = await this.acquire(options, place);
    let result: T;
    try {
      result = await runHolding(this.#handle.backend, slot, () => body(slot));
    } catch (error) {
      // usage that the body did not get to tell is no news then
      await slot.release().catch(() => undefined);
      throw error;
    }
    await slot.release();
    return result;
  }

  /** How long a request would wait as things stand. Unit: milliseconds; 0 is now, `Infinity` not foreseeable. */
  expectedWaitMs(requested?: Amounts): number {
    const { backend } = this.#handle;
    return backend.expectedWaitMs(this.#plan(backend, requested));
  }

  /** What is taken and who waits. */
  async getStats(): Promise<LimitSetStats> {
    const { limits, waiting } = await this.#handle.backend.stats();
    return { name: this.name, limits, waiting };
  }

  /** The set as plain JSON, with nothing left open, its config included: no form to be logged if there are keys in it. */
  toJSON(): LimitSetJSON {
    const { name, limits, config, mode, shared, algorithm, onUnavailable, definition } = this.#settings;
    const { version, timing } = definition;
    return {
      ...(name !== undefined && { name }),
      limits: limits.map((limit) => limitToJSON(limit)),
      config,
      mode,
      shared,
      version,
      algorithm,
      ...timing,
      onUnavailable,
    };
  }

  /** Gives back at once what this process was granted and does not use. The set goes on as before. */
  async yield(): Promise<void> {
    await this.#handle.yield();
  }

  /** Fails what waits, ends every holding, and frees what the set has open, once no other set of the name uses it. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  #plan(backend: Backend, requested: Amounts | undefined): Request {
    if (requested !== undefined) checkPlainObject('requested', requested);
    // a set without limits allows everything, so that code can be written as if there were some
    if (this.#settings.limits.length === 0) return NOTHING;
    const { definitions } = backend;
    return planRequest(definitions, requested && withoutRetired(requested, this.#origin.keys, definitions));
  }

  #at(index: number): Origin {
    // one object for all acquisitions, as a set stands in one pool at one place if it stands in any
    if (this.#origin.index !== index) this.#origin = { ...this.#origin, index };
    return this.#origin;
  }
}
