import { log } from '@temporalio/workflow';
import {
  checkAcquireOptions,
  checkUse,
  type AcquireOptions,
  type TryAcquireOptions,
} from '../../acquire/set/acquire-options';
import { Acquisition, type Origin } from '../../acquire/set/acquisition';
import type { Holding, CapacitySource } from '../../acquire/ports';
import { BaseLimitSet } from '../../acquire/set/base-limit-set';
import type { JsonObject } from '../../acquire/set/frozen-json';
import { Nesting } from '../../acquire/set/nesting';
import {
  checkSet,
  checkShareable,
  SET_OPTIONS,
  type SetOptions,
  type SetSettings,
} from '../../acquire/set/set-settings';
import type { LimitDefinition } from '../../limiter/definition/definition';
import { checkOptions } from '../../limiter/checks/options';
import type { Amounts, Request } from '../../limiter/request/request';
import { cancellationSignal, throwIfCancelled } from '../support/cancellation';
import { sharedSupply, type SupplyHandle } from './run-supply';
import { failing, failingAsync } from '../support/failure';

/** Options of a `LimitSet` in workflow code. */
export interface LimitSetOptions<Config extends object = JsonObject, Key extends string = string> extends SetOptions<
  Config,
  Key
> {
  /** Workflows and processes with the same name share the limits. Range: 1 to 256 characters. */
  readonly name: string;
}

const OPTIONS = new Set(['name', ...SET_OPTIONS]);

/** The sandbox's global. */
declare const AsyncLocalStorage: new () => ReturnType<Nesting['newStorage']>;
const nesting = new Nesting(() => new AsyncLocalStorage());

/**
 * Several limits that are acquired together: the `LimitSet` of `temporal-limits`, for workflow code. A wait occupies no
 * worker slot, and needs no timer except for its `timeout`. A run holds what it acquired through restarts and
 * deployments. All workflows and processes that use the set's name share its limits. At least one process must host
 * limiters.
 *
 * If a run closes without a release, everything comes back within `leaseMs`. A whole activity dispatch lies between the
 * grant and the call to a provider. So units count from the grant on, and recover from the release on.
 *
 * Errors are `ApplicationFailure`s with the error's name as `name` and `type`.
 *
 * @example
 * const limits = new LimitSet({ name: 'gpu', limits: [new ResourceLimit({ key: 'cards', capacity: 4 })] });
 * await limits.use({ timeout: '1h' }, () => train());
 */
export class LimitSet<Config extends object = JsonObject, const Key extends string = string> extends BaseLimitSet<
  Config,
  Key
> {
  readonly #handle: SupplyHandle;

  /** @throws `InvalidLimitError`, `DuplicateLimitError`, `DefinitionConflictError` */
  constructor(options: LimitSetOptions<Config, Key>) {
    const { settings, handle } = failing(() => open(options));
    super(settings, nesting);
    this.#handle = handle;
  }

  /** @internal */
  protected get supply(): CapacitySource {
    return this.#handle.supply;
  }

  /** @internal */
  protected warn(message: string): void {
    log.warn(message);
  }

  /**
   * Waits its turn, and then acquires all limits together. The wait also ends when the surrounding cancellation scope
   * is cancelled. Always release it, and await that before the workflow ends or continues as new; or use `use`.
   *
   * @throws `AcquireTimeoutError` at the deadline, `CancelledFailure`, the signal's reason if it aborts;
   *   `QueueFullError` at once if `maxWaiting` acquisitions already wait
   * @throws what the `acquire` of a process throws for requests that could never be granted
   */
  override async acquire(options: AcquireOptions<Key> = {}): Promise<Acquisition<Config, Key>> {
    return failingAsync(() => this.lineUp(options));
  }

  /** @internal */
  override async lineUp(options: AcquireOptions<Key>, onTaken?: () => void): Promise<Acquisition<Config, Key>> {
    await throwIfCancelled();
    // before the copy: that is a plain object, whatever it was made from
    checkAcquireOptions(options);
    return super.lineUp({ ...options, signal: cancellationSignal(options.signal) }, onTaken);
  }

  /**
   * Asks the limiter, and acquires without waiting. If something is not free, or others wait for it, it takes nothing
   * and `successful` is false.
   *
   * @throws `CancelledFailure`; what the `tryAcquire` of a process throws for requests that could never be granted
   */
  override async tryAcquire(options: TryAcquireOptions<Key> = {}): Promise<Acquisition<Config, Key>> {
    return failingAsync(() => super.tryAcquire(options));
  }

  /** @internal */
  override async ask(options: AcquireOptions<Key>): Promise<Acquisition<Config, Key>> {
    const slot = await failingAsync(() => super.ask(options));
    if (!slot.successful) await throwIfCancelled();
    return slot;
  }

  /**
   * Acquires only what is free in this run, such as permits that it has just released. Otherwise it takes nothing and
   * `successful` is false. It asks no limiter, so it costs no event. A run is granted nothing ahead.
   *
   * @throws what the `tryAcquireNow` of a process throws for requests that could never be granted
   */
  override tryAcquireNow(options: TryAcquireOptions<Key> = {}): Acquisition<Config, Key> {
    return failing(() => super.tryAcquireNow(options));
  }

  /**
   * Acquires, runs the body, and always releases. It throws the body's error unchanged.
   *
   * @throws as `acquire`
   */
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
   * How long a request would wait, as far as this run knows: 0 unless other requests of the run wait. Unit:
   * milliseconds.
   */
  override expectedWaitMs(requested?: Amounts<Key>): number {
    return failing(() => super.expectedWaitMs(requested));
  }

  /** @internal */
  protected override acquisition(
    origin: Origin,
    definitions: readonly LimitDefinition[],
    request: Request,
    holding: Holding | undefined,
  ): Acquisition<Config, Key> {
    return new RunAcquisition(origin, definitions, request, holding);
  }
}

function open(options: LimitSetOptions<object>): { settings: SetSettings; handle: SupplyHandle } {
  checkOptions('a limit set in a workflow', options, OPTIONS);
  const settings = checkSet(options);
  checkShareable(settings.name);
  return { settings, handle: sharedSupply(options.name, settings.definition) };
}

/** An acquisition whose mistakes fail the workflow. */
class RunAcquisition<Config extends object = JsonObject, Key extends string = string> extends Acquisition<Config, Key> {
  override update(told: { usage: Amounts<Key> }): void {
    failing(() => super.update(told));
  }

  override observe(answer: unknown): void {
    failing(() => super.observe(answer));
  }

  override release(): Promise<void> {
    return failingAsync(() => super.release());
  }
}
