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
  /** What workflows and processes share the limits by. Range: 1 to 256 characters. */
  readonly name: string;
}

const OPTIONS = new Set(['name', ...SET_OPTIONS]);

/** The sandbox's global. */
declare const AsyncLocalStorage: new () => ReturnType<Nesting['newStorage']>;
const nesting = new Nesting(() => new AsyncLocalStorage());

/**
 * Several limits that are acquired together, as the `LimitSet` of `temporal-limits`, for workflow code: who waits costs no
 * worker slot and no timer (but for its `timeout`), and what is held is held through restarts and deployments. The limits
 * are shared with every workflow and every process that names the set; some process must host limiters.
 *
 * A workflow run that is closed without having released, gives everything back within `leaseMs`. Between the grant and the
 * call to a provider there is a whole activity dispatch: so units count from the grant on, and recover from the release on.
 *
 * What is thrown, is thrown as an `ApplicationFailure` with the error's name as `name` and `type`.
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
   * Waits its turn and takes what is requested, of all limits together. The wait also ends when the cancellation scope
   * around it is cancelled. Release it whatever happens, and await that before the workflow ends or continues as new; or
   * let `use` do so.
   *
   * @throws `AcquireTimeoutError` at the deadline, `CancelledFailure`, the signal's reason when it aborts; `QueueFullError`
   *   at once, if `maxWaiting` wait already
   * @throws at once, for what could never be granted, what the `acquire` of a process does
   */
  override async acquire(options: AcquireOptions<Key> = {}): Promise<Acquisition<Config, Key>> {
    return failingAsync(() => this.lineUp(options));
  }

  /** @internal */
  override async lineUp(options: AcquireOptions<Key>, onTaken?: () => void): Promise<Acquisition<Config, Key>> {
    await throwIfCancelled();
    // before the copy, of which nobody could tell what it was made from
    checkAcquireOptions(options);
    return super.lineUp({ ...options, signal: cancellationSignal(options.signal) }, onTaken);
  }

  /**
   * Asks the limiter, and takes what is requested if it is free and nobody waits for it; otherwise nothing, and
   * `successful` is false.
   *
   * @throws `CancelledFailure`; at once, for what could never be granted, what the `tryAcquire` of a process does
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
   * Takes what is requested if it is free in this run, as permits are that this run has just released; otherwise nothing,
   * and `successful` is false. Asks nobody, and so costs no event; a run is granted nothing ahead.
   *
   * @throws at once, for what could never be granted, what the `tryAcquireNow` of a process does
   */
  override tryAcquireNow(options: TryAcquireOptions<Key> = {}): Acquisition<Config, Key> {
    return failing(() => super.tryAcquireNow(options));
  }

  /**
   * Acquires, runs the body, and releases whatever happens. An error of the body is thrown as it is.
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

  /** How long a request would wait by what this run knows: 0 unless others of it wait already. Unit: milliseconds. */
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

  override release(): Promise<void> {
    return failingAsync(() => super.release());
  }
}
