import { hostname, userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeOutcome, ChangeRequest } from '../../limiter/control/change';
import type { Inspection, InspectOptions } from '../../limiter/control/inspection';
import { whyOf, type Why } from '../../limiter/control/why';
import { durationToMs, type Duration } from '../../limiter/checks/duration';
import { DrainTimeoutError } from '../../limiter/errors/limiter-errors';

/** Why and by whom a set is changed. */
export interface ChangeOptions {
  /** Why, for whoever looks at it later. At most 200 characters. @default '' */
  readonly reason?: string;
  /** Who does it. At most 100 characters. @default the user and the host of this process */
  readonly by?: string;
  /** Make the change only if the set is still at this revision. @default whatever it is at */
  readonly ifRevision?: number;
}

/** A change that may end by itself. */
export interface TimedChangeOptions extends ChangeOptions {
  /** After how long it ends by itself: milliseconds, or a text such as `'2h'`. Range: up to 366 days. @default it does not */
  readonly for?: Duration;
}

/** How a set is drained. */
export interface DrainOptions extends TimedChangeOptions {
  /** How long to wait at most. @default as long as it takes */
  readonly timeout?: Duration;
  /** Ends the wait with its reason. The set stays paused. */
  readonly signal?: AbortSignal;
}

/** What a change has done. */
export interface ChangeResult extends ChangeOutcome {
  /** Name of the set. */
  readonly set: string;
}

const LOOK_EVERY_MS = 250;

/**
 * Looks at one limit set and steers it while it runs. Made by {@link LimitsAdmin} or `LimitSet.admin`.
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
   * Everything there is to see at this moment. Costs no history event.
   *
   * @throws {@link NoLimiterError}, {@link LimiterUnavailableError}
   */
  async inspect(options: InspectOptions = {}): Promise<Inspection> {
    return { set: this.set, ...(await this.look(options)) };
  }

  /**
   * Why acquisitions wait: one cause, also where no limiter runs or answers.
   *
   * @throws {@link LimiterUnavailableError} if Temporal cannot be reached
   */
  async why(): Promise<Why> {
    return whyOf(await this.inspect({ clients: 0 }));
  }

  /**
   * Has limits count by other capacities than the code says. A deploy changes nothing of that; a request that is larger
   * than the new capacity waits until the change ends.
   *
   * @param capacity The new capacity of each limit, by key: units per window, or permits.
   * @throws {@link InvalidChangeError}, {@link NoLimiterError}, {@link LimiterUnavailableError}
   */
  async setCapacity(
    capacity: Readonly<Record<string, number>>,
    options: TimedChangeOptions = {},
  ): Promise<ChangeResult> {
    return this.#make({ action: 'set', capacity }, options);
  }

  /**
   * Has limits count by what the code says again.
   *
   * @param keys Which limits. @default all
   * @throws as {@link SetAdmin.setCapacity}
   */
  async resetCapacity(keys?: readonly string[], options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#make({ action: 'reset', ...(keys !== undefined && { keys }) }, options);
  }

  /**
   * Nothing starts any more until it ends; what is at the provider goes on.
   *
   * @throws as {@link SetAdmin.setCapacity}
   */
  async pause(options: TimedChangeOptions = {}): Promise<ChangeResult> {
    return this.#make({ action: 'pause' }, options);
  }

  /**
   * Ends an operator's pause. One that the provider has asked for goes on.
   *
   * @throws as {@link SetAdmin.setCapacity}
   */
  async resume(options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#make({ action: 'resume' }, options);
  }

  /**
   * Declares a client ended: what it had goes to others at once. One that lives hears that it has lost its lease.
   *
   * @param client Its id, as an inspection lists it.
   * @throws as {@link SetAdmin.setCapacity}
   */
  async forget(client: string, options: ChangeOptions = {}): Promise<ChangeResult> {
    return this.#make({ action: 'forget', client }, options);
  }

  /**
   * Pauses, and waits until no permit is in use and nothing that was granted can start any more. The set stays paused.
   *
   * @throws {@link DrainTimeoutError}, and as {@link SetAdmin.setCapacity}
   */
  async drain({ timeout, signal, ...options }: DrainOptions = {}): Promise<Inspection> {
    const timeoutMs = timeout === undefined ? Infinity : durationToMs('timeout', timeout);
    const begun = performance.now();
    await this.pause(options);
    for (;;) {
      const inspection = await this.inspect({ clients: 0 });
      const inUse = stillInUse(inspection);
      if (Object.keys(inUse).length === 0) return inspection;
      if (performance.now() - begun >= timeoutMs) throw new DrainTimeoutError(this.set, timeoutMs, inUse);
      signal?.throwIfAborted();
      await sleep(LOOK_EVERY_MS);
    }
  }

  async #make(request: ChangeRequest, { for: duration, ...options }: TimedChangeOptions): Promise<ChangeResult> {
    const { by = thisUser(), ...rest } = options;
    const forMs = duration === undefined ? {} : { forMs: durationToMs('for', duration) };
    return { set: this.set, ...(await this.change({ ...request, ...rest, ...forMs, by })) };
  }
}

/** What of each limit may still be at work at the provider. */
function stillInUse({ limits }: Inspection): Record<string, number> {
  const used = limits.flatMap(({ key, kind, started, granted }): [string, number][] => {
    const amount = kind === 'resource' ? started : granted;
    return amount > 0 ? [[key, amount]] : [];
  });
  return Object.fromEntries(used);
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
