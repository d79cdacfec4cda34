import './symbol-async-dispose';
import { AlreadyReleasedError, MissingUsageError } from '../../limiter/errors/usage-errors';
import { checkOptions, checkPlainObject } from '../../limiter/checks/options';
import { type Amounts, type Request, formOf } from '../../limiter/request/request';
import { mergeUsage, missingUsage, nothingUsed, usedOf, type Usage } from '../../limiter/request/usage';
import { at } from '../../limiter/vector/vector';
import type { Holding } from '../ports';
import type { JsonObject } from './frozen-json';
import type { SettlementNotices } from './settlement-notices';
import type { LimitDefinition } from '../../limiter/definition/definition';

/** Where an acquisition comes from. */
export interface Origin {
  /** Name of the set, if it has one. */
  readonly limitSet: string | undefined;
  readonly config: JsonObject;
  /** As the set was defined. A newer definition may no longer limit what this process still names. */
  readonly definitions: readonly LimitDefinition[];
  readonly notices: SettlementNotices;
}

const RELEASED = Promise.resolve();
const UNTOLD: Usage = [];
const UPDATE_OPTIONS = new Set(['usage']);

/**
 * What `acquire` and `tryAcquire` return: amounts of several limits, taken together or not at all.
 *
 * `await using slot = await limits.acquire(...)` releases it at the end of the scope. If an error leaves the scope
 * before usage was reported, JavaScript throws a `SuppressedError`, whose `suppressed` is that error. `LimitSet.use`
 * throws the error itself.
 *
 * @example
 * await using slot = await limits.acquire({ requested: { input_tokens: 800 }, timeout: '30s' });
 * const { usage } = await openai.chat.completions.create({ model: 'gpt-4o-mini', messages });
 * slot.update({ usage: { input_tokens: usage?.prompt_tokens ?? 800 } });
 */
export class Acquisition<Config extends object = JsonObject, Key extends string = string> implements AsyncDisposable {
  readonly #origin: Origin;
  readonly #definitions: readonly LimitDefinition[];
  readonly #request: Request;
  readonly #granted: Holding | undefined;
  #isHeld: boolean;
  #index = 0;
  #usage = UNTOLD;
  #requested: Amounts | undefined;
  #signal: AbortSignal | undefined;

  /** Made by a limit set. */
  constructor(origin: Origin, definitions: readonly LimitDefinition[], request: Request, granted: Holding | undefined) {
    this.#origin = origin;
    this.#definitions = definitions;
    this.#request = request;
    this.#granted = granted;
    this.#isHeld = granted !== undefined;
  }

  /** Whether it was granted. `acquire` returns only granted ones. Stays the same after the release. */
  get successful(): boolean {
    return this.#granted !== undefined;
  }

  /** Whether it is granted and not yet released. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** What it covers, by name: the requested amounts, and 1 of each call and resource limit that was not named. */
  get requested(): Amounts<Key> {
    const { amounts, covers } = this.#request.units ?? this.#request;
    this.#requested ??= Object.freeze(
      Object.fromEntries(
        formOf(this.#definitions).units.flatMap(({ name }, i) => (covers[i] ? [[name, at(amounts, i)]] : [])),
      ),
    );
    return this.#requested;
  }

  /** Name of the limit set, if it has one. */
  get limitSet(): string | undefined {
    return this.#origin.limitSet;
  }

  /** Place of the limit set in its pool; 0 without a pool. */
  get index(): number {
    return this.#index;
  }

  /**
   * Sets {@link index}: a pool knows at which of its sets it acquired.
   *
   * @internal
   */
  placeAt(index: number): void {
    this.#index = index;
  }

  /** The config of the limit set, deep-frozen. */
  get config(): Readonly<Config> {
    return this.#origin.config as Readonly<Config>;
  }

  /**
   * A number that grows whenever permits change hands. A store that remembers the largest one can refuse a former
   * holder. 0 if the acquisition was refused.
   */
  get fencingToken(): number {
    return this.#granted?.fencingToken ?? 0;
  }

  /** Aborts when the grant is lost before the release, because the lease ran out or the set was closed. */
  get signal(): AbortSignal {
    this.#signal ??= this.#granted?.signal ?? new AbortController().signal;
    return this.#signal;
  }

  /**
   * Reports the real usage, by unit. The latest value of each unit counts at the release. Each requested unit of a rate
   * limit needs one. If any value is invalid, none is kept.
   *
   * Usage above the request is charged as a debt: later acquisitions wait until it has recovered, and one warning gives
   * the difference. A limit with `overage: 'reject'` refuses it instead.
   *
   * @throws {@link AlreadyReleasedError} after the release, or if it was refused
   * @throws {@link UnknownLimitError}, {@link InvalidUsageError}, {@link UsageExceedsRequestedError},
   *   {@link InvalidLimitError}
   */
  update(told: { usage: Amounts<Key> }): void {
    if (!this.#isHeld) throw new AlreadyReleasedError();
    checkOptions('update', told, UPDATE_OPTIONS);
    const usage: Amounts = told.usage;
    checkPlainObject('usage', usage);
    // a set without limits allows everything, so that code can be written as if there were some
    if (this.#definitions.length === 0) return;
    const news = withoutRetired(usage, this.#origin.definitions, this.#definitions);
    this.#usage = mergeUsage(this.#definitions, this.#request, this.#usage, news);
  }

  /**
   * Reports what the provider answered: a response, of which only status and headers are read, or the error from a
   * client. After a throttle (429, 503), the whole set pauses for as long as the provider asks, or for a growing time.
   * A failing account (401, 403, no quota left, unreachable, server errors) opens the circuit. Acquisitions wait
   * meanwhile. Then one request goes first, and its success opens the set. Unreadable answers are ignored and counted.
   * You may call it several times, and after the release. In Temporal mode, the limiter informs every process. If a good
   * answer was observed last, all of its calls count as arrived at the release.
   *
   * @throws {@link AlreadyReleasedError} if it was refused
   */
  observe(responseOrError: unknown): void {
    if (this.#granted === undefined) throw new AlreadyReleasedError();
    this.#granted.observe(responseOrError);
  }

  /**
   * Reports what a function came to that makes calls. The set reacts as to an answer, but calls may be on their way still.
   *
   * @internal
   */
  observeOutcome(resultOrError: unknown): void {
    this.#granted?.observe(resultOrError, false);
  }

  /**
   * Reports that nothing was used of the rate limits, for a call that was never made. Calls stay counted, and permits come
   * back by themselves. Does nothing after the release.
   *
   * @internal
   */
  tellUnused(): void {
    if (!this.#isHeld) return;
    this.#usage = nothingUsed(this.#definitions, this.#request, this.#usage);
  }

  /**
   * Gives back the permits, and the unused units of limits with `unused: 'returned'`. A second release does nothing,
   * and neither does that of a refused acquisition.
   *
   * @throws {@link MissingUsageError} if a unit has no reported usage. Everything was released, and the full request
   *   counts as used
   */
  release(): Promise<void> {
    if (!this.#isHeld) return RELEASED;
    const released = this.#settle();
    const missing = missingUsage(this.#definitions, this.#request, this.#usage);
    return missing.length === 0 ? released : released.then(() => Promise.reject(new MissingUsageError(missing)));
  }

  /**
   * {@link Acquisition.release} after a body that ended well. Usage that is missing is a warning then: the answer has been
   * paid for, and an error would lose it.
   *
   * @internal
   */
  releaseAfterUse(): Promise<void> {
    if (!this.#isHeld) return RELEASED;
    const missing = missingUsage(this.#definitions, this.#request, this.#usage);
    if (missing.length > 0) this.#origin.notices.notReported(missing);
    return this.#settle();
  }

  #settle(): Promise<void> {
    const holding = this.#granted;
    if (holding === undefined) return RELEASED;
    this.#isHeld = false;
    const { amounts } = this.#request;
    const used = usedOf(this.#definitions, this.#request, this.#usage);
    for (let i = 0; used !== amounts && i < used.length; i += 1) {
      const limit = this.#definitions[i];
      const taken = at(amounts, i);
      const usedOfIt = at(used, i);
      if (limit?.kind !== 'rate' || usedOfIt === taken) continue;
      holding.settle(i, usedOfIt);
      if (usedOfIt > taken) this.#origin.notices.fellShort(limit.key, taken, usedOfIt);
    }
    return holding.release() ?? RELEASED;
  }

  /** Releases it, as `release` does; `await using` calls it at the end of the scope. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}

/**
 * Leaves out what a newer definition no longer limits. Processes that started with the older one still name it, and
 * must not fail because another process was updated first.
 *
 * @param own The definitions that the process started with.
 */
export function withoutRetired(
  amounts: Amounts,
  own: readonly LimitDefinition[],
  running: readonly LimitDefinition[],
): Amounts {
  if (own === running) return amounts;
  const { places } = formOf(running);
  const isRetired = (name: string): boolean => !places.has(name) && formOf(own).places.has(name);
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => !isRetired(name)));
}
