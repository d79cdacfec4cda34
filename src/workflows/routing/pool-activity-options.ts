import { type ActivityFunction } from '@temporalio/workflow';
import { checkPriority } from '../../acquire/set/acquire-options';
import { type Acquisition } from '../../acquire/set/acquisition';
import { durationToMs, type Duration } from '../../limiter/checks/duration';
import { checkFunction } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import { type Amounts } from '../../limiter/request/request';
import { checkRoutedOptions, type RoutedActivityOptions } from './routed-options';

/** The arguments of any of the activities. */
export type ActivityArguments<A> = A[keyof A] extends infer F
  ? F extends ActivityFunction
    ? Parameters<F>
    : never
  : never;

/** What any of the activities answers. */
export type ActivityResult<A> = A[keyof A] extends infer F
  ? F extends ActivityFunction
    ? Awaited<ReturnType<F>>
    : never
  : never;

/** Where an activity goes. */
export interface Route {
  /** Name of the activity. */
  readonly activity: string;
  /** Name of the limit set, if it has one. */
  readonly limitSet: string | undefined;
  /** Place of the limit set in the pool. */
  readonly index: number;
  /** The config of the limit set. */
  readonly config: Acquisition['config'];
  /** Its `taskQueue`. */
  readonly taskQueue: string;
  /** The acquisition, where the workflow acquires. */
  readonly slot: Acquisition | undefined;
}

/** How a workflow acquires for its activities. */
export interface PoolAcquireOptions<A> {
  /** What a call needs, by key. @default 1 of each call and resource limit */
  readonly requested?: ((...args: ActivityArguments<A>) => Amounts) | undefined;
  /** What a call has used of the rate limits, by key. @default all that was requested */
  readonly usage?: ((result: ActivityResult<A>, ...args: ActivityArguments<A>) => Amounts) | undefined;
  /** Longest wait for the limits. Unit: milliseconds, or a text such as `'30s'`. @default no limit */
  readonly timeout?: Duration | undefined;
  /** Who goes first when several wait: higher before lower. Range: any finite number. @default 0 */
  readonly priority?: number | undefined;
}

/** The same for a call of which it is not known which of the activities it is. */
export interface AnyAcquireOptions {
  readonly requested?: ((...args: unknown[]) => Amounts) | undefined;
  readonly usage?: ((result: unknown, ...args: unknown[]) => Amounts) | undefined;
  readonly timeout?: Duration | undefined;
  readonly priority?: number | undefined;
}

/**
 * Options of `LimitPool.proxyActivities`: those of Temporal, but for the task queue, and these.
 *
 * `scheduleToStartTimeout` is how long an activity waits for a worker. Then, if the pool fails over, it goes to the next
 * limit set, to each at most once. If it is left out, that is 15 seconds, and an activity that nobody took anywhere goes
 * back to the first choice and waits there without end. A set where nobody took it is passed over for 30 seconds.
 */
export interface PoolActivityOptions<A> extends RoutedActivityOptions {
  /**
   * Acquires from the limit set in the workflow, before the activity is scheduled, and releases when it has ended. Each
   * attempt acquires anew: the workflow itself makes the attempts that `retry` asks for, and timeouts hold for each of
   * them. Without it the calls are only spread, and the activities' workers keep the limits.
   */
  readonly acquire?: PoolAcquireOptions<A> | undefined;
  /** Told where each activity goes, each time that it does. */
  readonly onRouted?: ((route: Route) => void) | undefined;
}

const ACQUIRE_OPTIONS = new Set<keyof PoolAcquireOptions<unknown>>(['requested', 'usage', 'timeout', 'priority']);

/** @throws InvalidLimitError naming the option that makes no sense */
export function checkPoolActivityOptions<A>(options: PoolActivityOptions<A>): void {
  checkRoutedOptions('options', options);
  const { acquire, onRouted } = options;
  if (onRouted !== undefined) checkFunction('onRouted', onRouted);
  if (acquire === undefined) return;
  checkOptions('acquire', acquire, ACQUIRE_OPTIONS);
  const { requested, usage, timeout, priority } = acquire;
  if (requested !== undefined) checkFunction('acquire.requested', requested);
  if (usage !== undefined) checkFunction('acquire.usage', usage);
  if (timeout !== undefined) durationToMs('acquire.timeout', timeout);
  checkPriority(priority, 'acquire.priority');
}
