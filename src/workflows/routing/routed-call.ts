import {
  ActivityFailure,
  ApplicationFailure,
  log,
  proxyActivities,
  sleep,
  TimeoutFailure,
  type ActivityOptions,
} from '@temporalio/workflow';
import { acquireInTurn, type Candidate } from '../../acquire/pool/acquire-in-turn';
import { type AcquireOptions } from '../../acquire/set/acquire-options';
import { type Acquisition } from '../../acquire/set/acquisition';
import { type Amounts } from '../../limiter/request/request';
import { failingAsync } from '../support/failure';
import { nextAttemptMs, type AttemptPolicy } from './attempt-policy';
import { type Route } from './pool-activity-options';
import { UNKNOWN_WAIT, type LimitsWait, type PoolRouter } from './pool-router';

/** How long an activity waits for a worker at one set before it goes to the next. */
const START_TIMEOUT = '15s';

/** What is asked of a limit set. */
export interface RoutableSet extends Candidate<Acquisition> {
  readonly name: string | undefined;
  readonly config: Acquisition['config'];
  expectedWaitMs(requested?: Amounts): number;
  hold<T>(slot: Acquisition, body: (slot: Acquisition) => Promise<T>): Promise<T>;
}

/** Where activities may go, and how they run there. */
export interface Destinations {
  readonly sets: readonly RoutableSet[];
  readonly taskQueues: readonly string[];
  readonly router: PoolRouter;
  readonly activityOptions: ActivityOptions;
  /** Told of each route. */
  readonly onRouted: ((route: Route) => void) | undefined;
}

/** What the workflow does about limits; nothing, if the activities' workers keep them. */
export interface Acquiring {
  readonly options: AcquireOptions;
  readonly usage: (result: unknown, slot: Acquisition) => Amounts;
  /** The attempts that the workflow makes, each with an acquisition of its own. */
  readonly retry: AttemptPolicy;
}

/** One call of an activity, on its way to a worker. */
export class RoutedCall {
  constructor(
    private readonly to: Destinations,
    private readonly activity: string,
    private readonly args: unknown[],
    private readonly acquiring: Acquiring | undefined,
  ) {}

  /** Does the call, in as many attempts as it takes. */
  async run(): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt();
      } catch (error) {
        const delayMs = this.acquiring && nextAttemptMs(this.acquiring.retry, attempt, error);
        if (delayMs === undefined) throw error;
        await sleep(delayMs);
      }
    }
  }

  /** One attempt, at the first set where a worker takes it. */
  async #attempt(): Promise<unknown> {
    const { router, activityOptions } = this.to;
    const ownTimeout = activityOptions.scheduleToStartTimeout === undefined && router.failsOver;
    const patient = activityOptions;
    const hurried = ownTimeout ? { ...activityOptions, scheduleToStartTimeout: START_TIMEOUT } : activityOptions;
    const tried = new Set<number>();
    const first = router.first(this.#limitsWait);
    for (let place = first; ;) {
      try {
        return await this.#runAt(place, hurried, tried);
      } catch (error) {
        if (!isNotTaken(error)) throw error;
        const next = router.after(place, tried, this.#limitsWait);
        // our own timeout is there to move on, not to fail a call that only has to wait
        if (next === undefined && ownTimeout) return this.#runAt(first, patient, tried);
        if (next === undefined) throw error;
        place = next;
      }
    }
  }

  /** Runs at one set, or, if limits are acquired for it, where there is room for it sooner. */
  async #runAt(chosen: number, options: ActivityOptions, tried: Set<number>): Promise<unknown> {
    const { sets, router } = this.to;
    router.begin(chosen);
    if (this.acquiring === undefined) return this.#execute(chosen, options, tried);
    const others = router.alternatives(chosen, tried);
    const { options: wanted } = this.acquiring;
    const slot = await failingAsync(() => acquireInTurn(sets, chosen, others, wanted)).catch((error: unknown) => {
      router.end(chosen, undefined);
      throw error;
    });
    if (slot.index !== chosen) {
      router.end(chosen, undefined);
      router.begin(slot.index);
    }
    return this.#execute(slot.index, options, tried, slot);
  }

  async #execute(place: number, options: ActivityOptions, tried: Set<number>, slot?: Acquisition): Promise<unknown> {
    const { sets, taskQueues, router, onRouted } = this.to;
    const set = sets[place];
    const taskQueue = taskQueues[place];
    if (set === undefined || taskQueue === undefined) throw new RangeError(`No limit set ${place} of ${sets.length}`);
    const execute = async (): Promise<unknown> => {
      onRouted?.({ activity: this.activity, limitSet: set.name, index: place, config: set.config, taskQueue, slot });
      return proxyActivities({ ...options, taskQueue })[this.activity]?.(...this.args);
    };
    let taken: boolean | undefined;
    try {
      const result = await (this.acquiring === undefined || slot === undefined
        ? execute()
        : holding(set, slot, this.acquiring, execute));
      taken = true;
      return result;
    } catch (error) {
      taken = wasTaken(error);
      if (taken === false) tried.add(place);
      throw error;
    } finally {
      router.end(place, taken);
    }
  }

  get #limitsWait(): LimitsWait {
    if (this.acquiring === undefined) return UNKNOWN_WAIT;
    const { requested } = this.acquiring.options;
    return (place) => {
      try {
        return this.to.sets[place]?.expectedWaitMs(requested);
      } catch {
        return undefined;
      }
    };
  }
}

/** Runs an activity with its units, and tells what it used: nothing if no worker took it, all if it failed. */
async function holding(
  set: RoutableSet,
  slot: Acquisition,
  { usage }: Acquiring,
  execute: () => Promise<unknown>,
): Promise<unknown> {
  return set.hold(slot, async () => {
    try {
      const result = await execute();
      report(slot, () => usage(result, slot));
      return result;
    } catch (error) {
      if (isNotTaken(error)) slot.tellUnused();
      throw error;
    }
  });
}

/** An answer that has been paid for is not lost because its usage cannot be told: all that was requested counts then. */
function report(slot: Acquisition, usage: () => Amounts): void {
  try {
    slot.update({ usage: usage() });
  } catch (error) {
    slot.update({ usage: slot.requested });
    const message = error instanceof Error ? error.message : String(error);
    log.warn(`usage threw or returned an invalid value; counting the full request as used. ${message}`);
  }
}

/** Whether a worker took the activity; undefined if the error does not tell, as that of a cancellation. */
function wasTaken(error: unknown): boolean | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof ApplicationFailure) return true;
  if (!(cause instanceof TimeoutFailure)) return undefined;
  if (cause.timeoutType === 'SCHEDULE_TO_START') return false;
  return cause.timeoutType === 'SCHEDULE_TO_CLOSE' ? undefined : true;
}

/** Whether no worker took the activity in time, so that it has not begun. */
function isNotTaken(error: unknown): boolean {
  return wasTaken(error) === false;
}
