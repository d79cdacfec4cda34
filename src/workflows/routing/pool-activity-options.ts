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
  /** The acquisition, if the workflow acquires. */
  readonly slot: Acquisition | undefined;
}

/** How a workflow acquires for its activities. */
export interface PoolAcquireOptions<A> {
  /** What a call needs, by key. @default 1 of each call and resource limit */
  readonly requested?: ((...args: ActivityArguments<A>) => Amounts) | undefined;
  /** What a call used of the rate limits, by key. @default the full request */
  readonly usage?: ((result: ActivityResult<A>, ...args: ActivityArguments<A>) => Amounts) | undefined;
  /** Longest wait for the limits. Unit: milliseconds, or a text such as `'30s'`. @default no limit */
  readonly timeout?: Duration | undefined;
  /** Higher priorities are served first. Range: any finite number. @default 0 */
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
 * Options of `LimitPool.proxyActivities`: Temporal's options except for the task queue, and these.
 *
 * `scheduleToStartTimeout` is how long an activity waits for a worker. If the pool fails over, the activity then goes
 * to the next limit set, to each at most once. The default is 15 seconds; an activity that no worker took anywhere then
 * returns to its first choice, and waits there without a limit. The pool skips a set whose workers took nothing for 30
 * seconds.
 */
export interface PoolActivityOptions<A> extends RoutedActivityOptions {
  /**
   * Makes the workflow acquire from the limit set before it schedules the activity, and release after it has ended.
   * Each attempt acquires again: the workflow itself makes the attempts of `retry`, and timeouts apply to each. Without
   * it, the pool only spreads the calls, and the activities' workers apply the limits.
   */
  readonly acquire?: PoolAcquireOptions<A> | undefined;
  /** Called each time that an activity goes to a set. */
  readonly onRouted?: ((route: Route) => void) | undefined;
}

const ACQUIRE_OPTIONS = new Set<keyof PoolAcquireOptions<unknown>>(['requested', 'usage', 'timeout', 'priority']);

/** @throws InvalidLimitError naming the invalid option */
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
