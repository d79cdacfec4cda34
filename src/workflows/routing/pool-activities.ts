import { type ActivityFunction, type UntypedActivities } from '@temporalio/workflow';
import { type PoolPolicy, type PoolState } from '../../limiter/pool/pool';
import { checkRetryPolicy } from './attempt-policy';
import { failing } from '../support/failure';
import { checkPoolActivityOptions, type AnyAcquireOptions, type PoolActivityOptions } from './pool-activity-options';
import { PoolRouter } from './pool-router';
import { RoutedCall, type Acquiring, type Destinations, type RoutableSet } from './routed-call';
import { taskQueueOf } from './routed-options';

/** A pool, opened up: calls from here and from its own `acquire` share its rotation. */
export interface RoutablePool {
  readonly limitSets: readonly RoutableSet[];
  readonly policy: PoolPolicy;
  readonly state: PoolState;
}

/** Activities as a workflow calls them. */
export type PoolActivities<A> = {
  [K in keyof A as A[K] extends ActivityFunction ? K : never]: A[K] extends ActivityFunction
    ? (...args: Parameters<A[K]>) => Promise<Awaited<ReturnType<A[K]>>>
    : never;
};

/**
 * Activities each call of which goes to the pool's next limit set, to run on its `config.taskQueue`.
 *
 * @throws an `ApplicationFailure` of type `InvalidLimitError` that names the option, or the set without a task queue
 */
export function proxyPoolActivities<A = UntypedActivities>(
  pool: RoutablePool,
  options: PoolActivityOptions<A>,
): PoolActivities<A> {
  const { to, acquiringFor } = failing(() => {
    checkPoolActivityOptions(options);
    return { to: destinations(pool, options), acquiringFor: acquiring(options) };
  });
  return new Proxy({} as PoolActivities<A>, {
    // without the exception for `then`, awaiting the proxy would run an activity of that name
    get: (_, activity) =>
      typeof activity === 'string' && activity !== 'then'
        ? async (...args: unknown[]) => new RoutedCall(to, activity, args, acquiringFor(args)).run()
        : undefined,
  });
}

function destinations<A>({ limitSets, policy, state }: RoutablePool, options: PoolActivityOptions<A>): Destinations {
  const { acquire, onRouted, ...activityOptions } = options;
  return {
    sets: limitSets,
    taskQueues: limitSets.map(taskQueueOf),
    router: new PoolRouter(limitSets.length, policy, state, Math.random, Date.now),
    // the server would make all its attempts on one acquisition
    activityOptions: acquire === undefined ? activityOptions : { ...activityOptions, retry: { maximumAttempts: 1 } },
    onRouted,
  };
}

/** What a call with certain arguments acquires. */
function acquiring<A>({ acquire, retry }: PoolActivityOptions<A>): (args: unknown[]) => Acquiring | undefined {
  if (acquire === undefined) return () => undefined;
  const policy = checkRetryPolicy(retry);
  // a proxy does not know which of the activities it stands for; their types do
  const { requested, usage, timeout, priority } = acquire as AnyAcquireOptions;
  return (args) => ({
    options: { requested: requested?.(...args), timeout, priority },
    usage: (result, slot) => usage?.(result, ...args) ?? slot.requested,
    retry: policy,
  });
}
