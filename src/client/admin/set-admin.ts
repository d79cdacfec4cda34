import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeOutcome, ChangeRequest } from '../../limiter/control/change';
import { stillInUse } from '../../limiter/control/inspected';
import { MOST_ON_A_PAGE, type Inspection, type InspectOptions } from '../../limiter/control/inspection';
import { whyOf, type Why } from '../../limiter/control/why';
import { durationToMs, type Duration } from '../../limiter/checks/duration';
import { checkWhole } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import { describeValue } from '../../limiter/errors/describe-value';
import {
  DrainEndedError,
  DrainTimeoutError,
  InvalidChangeError,
  LimiterUnavailableError,
} from '../../limiter/errors/limiter-errors';

/** The reason for a change, and its author. */
export interface ChangeOptions {
  /** The reason, which is shown with the change. At most 200 characters. @default '' */
  readonly reason?: string;
  /** Who makes the change. At most 100 characters. @default the user and the host of this process */
  readonly by?: string;
  /** Makes the change only if the set is still at this revision. @default any revision */
  readonly ifRevision?: number;
}

/** A change that may end by itself. */
export interface TimedChangeOptions extends ChangeOptions {
  /**
   * Ends the change after this time: milliseconds, or a text such as `'2h'`. Range: up to 366 days. @default the change
   * does not end
   */
  readonly for?: Duration;
}

/** How a set is drained. */
export interface DrainOptions extends TimedChangeOptions {
  /** Longest wait. @default no limit */
  readonly timeout?: Duration;
  /** Ends the wait with its reason. The set stays paused, unless the signal was aborted before. */
  readonly signal?: AbortSignal;
}

/** The result of a change. */
export interface ChangeResult extends ChangeOutcome {
  /** Name of the set. */
  readonly set: string;
}

const INSPECT_OPTIONS = new Set(['firstClient', 'clients']);
const CHANGE_OPTIONS = new Set(['reason', 'by', 'ifRevision']);
const TIMED_OPTIONS = new Set([...CHANGE_OPTIONS, 'for']);
const DRAIN_OPTIONS = new Set([...TIMED_OPTIONS, 'timeout', 'signal']);

const LOOK_EVERY_MS = 250;

/**
 * Inspects and changes one limit set while it is in use. {@link LimitsAdmin} and `LimitSet.admin` return one.
 *
 * @example
 * const openai = new LimitsAdmin().set('openai');
 * console.log(await openai.why());
 * await openai.pause({ for: '10m', reason: 'the provider has an incident' });
 */
export abstract class SetAdmin {
  /** @param set Name of the set. */
  constructor(readonly set: string) {}

  /** @internal */
  protected abstract look(options: InspectOptions): Promise<Omit<Inspection, 'set'>>;

  /** @internal */
  protected abstract change(request: ChangeRequest): Promise<ChangeOutcome>;

  /**
   * The current state of the set. It adds no history event.
   *
   * @throws {@link InvalidLimitError}, {@link NoLimiterError}, {@link LimiterUnavailableError}
   */
  async inspect(options: InspectOptions = {}): Promise<Inspection> {
    checkOptions('inspect', options, INSPECT_OPTIONS);
    const { firstClient, clients } = options;
    if (firstClient !== undefined) checkWhole('firstClient', firstClient, 0);
    if (clients !== undefined) checkWhole('clients', clients, 0, MOST_ON_A_PAGE);
    return { set: this.set, ...(await this.look(options)) };
  }

  /**
   * The one cause why acquisitions wait, even if no limiter runs or answers.
   *
   * @throws {@link LimiterUnavailableError} if Temporal cannot be reached
   */
  async why(): Promise<Why> {
    return whyOf(await this.inspect({ clients: 0 }));
  }

  /**
   * Replaces capacities that the code defines. A deployment does not undo it. A request that is larger than the new
   * capacity waits until the change ends.
   *
   * @param capacity The new capacity of each limit, by key: units per window, or permits.
   * @throws {@link InvalidChangeError}, {@link InvalidLimitError}, {@link NoLimiterError}, {@link LimiterUnavailableError}
   */
  async setCapacity(
    capacity: Readonly<Record<string, number>>,
    options: TimedChangeOptions = {},
  ): Promise<ChangeResult> {
    return this.#make({ action: 'set', capacity }, options);
  }

  /**
   * Restores the capacities that the code defines.
   *
   * @param keys Which limits. @default all
   * @throws as {@link SetAdmin.setCapacity}
   */
  async resetCapacity(keys?: readonly string[], options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#make({ action: 'reset', ...(keys !== undefined && { keys }) }, options);
  }

  /**
   * Pauses the set: nothing starts until the pause ends. Calls in flight continue.
   *
   * @throws as {@link SetAdmin.setCapacity}
   */
  async pause(options: TimedChangeOptions = {}): Promise<ChangeResult> {
    return this.#make({ action: 'pause' }, options);
  }

  /**
   * Ends an operator's pause. A pause that the provider asked for continues.
   *
   * @throws as {@link SetAdmin.setCapacity}
   */
  async resume(options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#make({ action: 'resume' }, options);
  }

  /**
   * Declares a client ended, and gives what it had to others at once. A running client learns that it has lost its
   * lease.
   *
   * @param client The client's ID, as an inspection lists it.
   * @throws as {@link SetAdmin.setCapacity}
   */
  async forget(client: string, options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#make({ action: 'forget', client }, options);
  }

  /**
   * Pauses the set, and waits until no permit is in use and no granted unit can still start. The set stays paused. While
   * the limiter does not answer, the wait goes on.
   *
   * @throws {@link DrainTimeoutError}, {@link DrainEndedError}, and as {@link SetAdmin.setCapacity}
   */
  async drain(options: DrainOptions = {}): Promise<Inspection> {
    checkOptions('drain', options, DRAIN_OPTIONS);
    const { timeout, signal, ...ofPause } = options;
    const timeoutMs = timeout === undefined ? Infinity : durationToMs('timeout', timeout);
    signal?.throwIfAborted();
    const begun = performance.now();
    await this.pause(ofPause);
    for (;;) {
      let inUse: Readonly<Record<string, number>> = {};
      try {
        const inspection = await this.inspect({ clients: 0 });
        if (inspection.control.pause === undefined) throw new DrainEndedError(this.set);
        inUse = stillInUse(inspection);
        if (Object.keys(inUse).length === 0) return inspection;
      } catch (error) {
        if (!hasFailedToAnswer(error)) throw error;
      }
      if (performance.now() - begun >= timeoutMs) throw new DrainTimeoutError(this.set, timeoutMs, inUse);
      signal?.throwIfAborted();
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #make(request: ChangeRequest, options: TimedChangeOptions): Promise<ChangeResult> {
    const { action } = request;
    checkOptions(action, options, action === 'set' || action === 'pause' ? TIMED_OPTIONS : CHANGE_OPTIONS);
    const { for: duration, by = thisUser(), ...rest } = options;
    const forMs = duration === undefined ? {} : { forMs: durationToMs('for', duration) };
    const change = { ...request, ...rest, ...forMs, by };
    checkSendable(action, change);
    return { set: this.set, ...(await this.change(change)) };
  }
}

/** What a message would lose, or could not be written with, is no fault of the limiter. */
function checkSendable(name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) checkSendable(key, each);
  } else if (!['string', 'undefined'].includes(typeof value) && value !== null && !Number.isFinite(value)) {
    throw new InvalidChangeError(`${name}: expected a text or a finite number, got ${describeValue(value)}`);
  }
}

/** Whether a call failed. One that finds its set closed in this process fails every time, and has no cause. */
function hasFailedToAnswer(error: unknown): boolean {
  return error instanceof LimiterUnavailableError && error.cause !== undefined;
}

const LONGEST_BY = 100;

function thisUser(): string {
  try {
    return `${userInfo().username}@${hostname()}`.slice(0, LONGEST_BY);
  } catch {
    // a user without an entry, as in some containers
    return hostname().slice(0, LONGEST_BY);
  }
}
