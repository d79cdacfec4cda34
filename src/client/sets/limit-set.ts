import { AsyncLocalStorage } from 'node:async_hooks';
import type { CapacitySource, Holding, Suspended, WaitOptions } from '../../acquire/ports';
import { Acquisition, type Origin } from '../../acquire/set/acquisition';
import { BaseLimitSet } from '../../acquire/set/base-limit-set';
import type { JsonObject } from '../../acquire/set/frozen-json';
import { Nesting } from '../../acquire/set/nesting';
import type { LimitDefinition } from '../../limiter/definition/definition';
import { definitionConflict } from '../../limiter/definition/definition-differences';
import type { DefinitionConflictError } from '../../limiter/errors/definition-errors';
import { UnknownLimitError } from '../../limiter/errors/request-errors';
import type { ProviderStats } from '../../limiter/feedback/provider-record';
import type { LimitStats } from '../../limiter/ledger/ledger';
import type { Request } from '../../limiter/request/request';
import { limitToJSON } from '../../limiter/definition/limits';
import type { Client } from '@temporalio/client';
import { MemorySetAdmin } from '../admin/memory-set-admin';
import type { SetAdmin } from '../admin/set-admin';
import { TemporalSetAdmin } from '../admin/temporal-set-admin';
import { clientOr } from '../link/environment';
import type { Backend, Mode } from '../backends/backend';
import { heard, heardWait } from '../events/heard-holding';
import { familyOf, limitEvents } from '../events/limit-events';
import { checkConnectionOptions } from '../link/connection-options';
import {
  checkSetJSON,
  checkSetOptions,
  type LimitSetJSON,
  type LimitSetOptions,
  type LimitSetSettings,
} from './limit-set-options';
import { LimitView } from './limit-view';
import { privateBackend, sharedBackend, type BackendHandle } from '../backends/shared-backends';
import { systemClock } from '../link/system-clock';

/** What `LimitSet.getStats` returns. It does not contain the set's config, which may hold API keys. */
export interface LimitSetStats {
  /** Name of the set, if it has one. */
  readonly name: string | undefined;
  /** Capacity, available and utilization of each limit, by key. */
  readonly limits: Readonly<Record<string, LimitStats>>;
  /** Waiting acquisitions; in Temporal mode, in all processes. */
  readonly waiting: number;
  /** What is known about the provider. Absent before anything was observed. */
  readonly provider?: ProviderStats;
}

const nesting = new Nesting(() => new AsyncLocalStorage());

/**
 * Several limits that are acquired together: all or nothing, first come, first served.
 *
 * @example
 * const limits = new LimitSet({
 *   limits: [new CallLimit({ windowSeconds: 60, capacity: 500 }), new ResourceLimit({ key: 'connections', capacity: 20 })],
 * });
 * await limits.use({ timeout: '30s' }, async () => callTheProvider());
 */
export class LimitSet<Config extends object = JsonObject, const Key extends string = string> extends BaseLimitSet<
  Config,
  Key
> {
  readonly #settings: LimitSetSettings;
  readonly #open: () => BackendHandle;
  /** The name under which it is reported. */
  readonly #family: string;
  readonly #client: () => Promise<Client>;
  /** Opened anew when it is used after a rest. */
  #handle: BackendHandle | undefined;
  /** @internal Whether it was given a client; otherwise one comes from the environment. */
  readonly hasOwnClient: boolean;

  /** @throws {@link InvalidLimitError}, {@link DuplicateLimitError}, {@link DefinitionConflictError} */
  constructor(options: LimitSetOptions<Config, Key>) {
    const settings = checkSetOptions(options);
    const { name, mode, definition, onUnavailable } = settings;
    super(settings, nesting);
    const open = settings.shared ? sharedBackend : privateBackend;
    this.#settings = settings;
    this.#family = familyOf(name);
    this.hasOwnClient = options.client !== undefined;
    const { client, clock = systemClock } = options;
    this.#client = clientOr(client);
    this.#open = () => open(mode, { name: name ?? 'unnamed', definition, onUnavailable, client, clock });
    this.#handle = this.#open();
  }

  /**
   * A set from its JSON form.
   *
   * @throws as the constructor
   */
  static fromJSON<Config extends object = JsonObject, Key extends string = string>(
    json: LimitSetJSON<Config, Key>,
    options: Pick<LimitSetOptions, 'client' | 'clock'> = {},
  ): LimitSet<Config, Key> {
    checkSetJSON(json);
    checkConnectionOptions(options);
    return new LimitSet<Config, Key>({ ...json, ...options });
  }

  /** @internal */
  protected get supply(): CapacitySource {
    return this.#backend;
  }

  /** @internal */
  protected override wait(supply: CapacitySource, request: Request, options: WaitOptions): Promise<Holding> {
    if (limitEvents.hasSubscribers) return heardWait(this.#family, supply, request, options);
    return super.wait(supply, request, options);
  }

  /** @internal */
  protected override acquisition(
    origin: Origin,
    definitions: readonly LimitDefinition[],
    request: Request,
    holding: Holding | undefined,
  ): Acquisition<Config, Key> {
    const told = limitEvents.hasSubscribers ? heard(this.#family, holding) : holding;
    return new Acquisition(origin, definitions, request, told);
  }

  /** @internal */
  protected warn(message: string): void {
    process.emitWarning(message, 'LimitsWarning');
  }

  /** Where the limits are kept. */
  get mode(): Mode {
    return this.#settings.mode;
  }

  /** @throws {@link UnknownLimitError} */
  get(key: string): LimitView {
    const limit = this.#settings.limits.find((known) => known.key === key);
    if (limit === undefined) throw new UnknownLimitError(key, this.keys);
    return new LimitView(limit, () => this.#backend);
  }

  /** Usage of each limit, and waiting acquisitions. */
  async getStats(): Promise<LimitSetStats> {
    return { name: this.name, ...(await this.#backend.stats()) };
  }

  /**
   * In what the limiter that runs differs under the same version; nothing if it does not, or none runs.
   *
   * @throws LimiterUnavailableError if it does not answer within 3 s
   * @internal
   */
  async findConflict(): Promise<DefinitionConflictError | undefined> {
    const running = await this.#backend.runningDefinition?.();
    return running && definitionConflict(this.name ?? 'unnamed', this.#settings.definition, running);
  }

  /** The set as plain JSON, with all options, including its config. Do not log it if the config contains API keys. */
  toJSON(): LimitSetJSON {
    const { name, limits, config, mode, shared, algorithm, maxWaiting, onUnavailable, guardMs, definition } =
      this.#settings;
    const { version } = definition;
    const { maxPauseMs, leaseMs, horizonMs } = definition.timing;
    return {
      ...(name !== undefined && { name }),
      limits: limits.map((limit) => limitToJSON(limit)),
      config,
      mode,
      shared,
      version,
      algorithm,
      ...(maxWaiting !== undefined && { maxWaiting }),
      leaseMs,
      horizonMs,
      // in Temporal mode, the default is another one
      ...(guardMs !== undefined && { guardMs }),
      ...(maxPauseMs !== undefined && { maxPauseSeconds: maxPauseMs / 1_000 }),
      onUnavailable,
    };
  }

  /** Inspects and changes the set while it is in use: why acquisitions wait, capacities, pauses. */
  get admin(): SetAdmin {
    const name = this.name ?? 'unnamed';
    if (this.mode === 'temporal') return new TemporalSetAdmin(name, this.#client);
    return new MemorySetAdmin(name, () => this.#backend.selfKept);
  }

  /** Returns at once what this process was granted and does not use. The set continues to work. */
  async yield(): Promise<void> {
    await this.#handle?.yield();
  }

  /**
   * Fails waiting acquisitions, ends all holdings, and closes the set's resources once no other set with its name uses
   * them.
   */
  async close(): Promise<void> {
    this.#handle ??= this.#open();
    await this.#handle.close();
  }

  /** @internal Why waiting requests get nothing, or less than is defined. Undefined if others simply hold the capacity. */
  get obstacle(): string | undefined {
    return this.isClosed ? undefined : this.#backend.obstacle;
  }

  /** @internal What the first of those that wait here lacks, if it is only that there is no room. */
  get lack(): string | undefined {
    return this.isClosed ? undefined : this.#backend.lack;
  }

  /** @internal Why nothing starts for the provider's sake, as far as this process knows. Nothing in memory mode. */
  get suspension(): Suspended | undefined {
    return this.isClosed ? undefined : this.#backend.suspension;
  }

  /** @internal Whether it has been closed. */
  get isClosed(): boolean {
    return this.#handle?.isClosed ?? false;
  }

  /** @internal Whether nothing is held, no request waits, and a rest forgets nothing. */
  get isIdle(): boolean {
    return this.#handle?.isIdle ?? true;
  }

  /** @internal Frees what the set has open, until it is used again: a caller that kept it can still use it. */
  async rest(): Promise<void> {
    if (this.isClosed) return;
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  get #backend(): Backend {
    this.#handle ??= this.#open();
    return this.#handle.backend;
  }
}
