/** What runs in the workflow sandbox: the limiter and the batch, to be hosted by a worker, and what workflows are built of. */
export type { AcquireOptions, TryAcquireOptions } from '../acquire/acquire-options';
export type { Acquisition } from '../acquire/acquisition';
export type { LimitDefaults, LimitDefaultsOptions } from '../acquire/defaults';
export { asCompleted, type Completed } from './as-completed';
export { batchWorkflow } from './batch-workflow';
export { configureLimits } from './defaults';
export { gather, type Gathered, type GatheredOrErrors, type GatherOptions } from './gather';
export { LimitPool, type LimitPoolOptions } from './limit-pool';
export { CallLimit, RateLimit, ResourceLimit } from './limits';
export { LimitSet, type LimitSetOptions } from './limit-set';
export { limiterWorkflow } from './limiter-workflow';
export type { PoolActivities } from './pool-activities';
export type {
  ActivityArguments,
  ActivityResult,
  PoolAcquireOptions,
  PoolActivityOptions,
  Route,
} from './pool-activity-options';
export type { LimiterInput } from './protocol';
export type { RoutedActivityOptions, RoutedLimitSet } from './routed-options';
export type { SubmissionQueueStats } from './submission-queues';
export type { TaskHandle } from './task-handle';
export { TaskPool, type TaskPoolStats } from './task-pool';
export type { RoutedLimitPool, TaskPoolOptions } from './task-pool-options';
export type { Task, TaskResult, Tasks } from './tasks';
export { TasksTimeoutError } from './tasks-timeout-error';
export { wait, type Waited, type WaitOptions } from './wait';
export type { ReturnWhen, WaitLimit } from './wait-until';
