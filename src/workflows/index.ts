/**
 * What runs in the workflow sandbox: the limiter and the batch, to be hosted by a worker, and what workflows are built of.
 *
 * @module temporal-limits/workflow
 */
export type { AcquireOptions, TryAcquireOptions } from '../acquire/set/acquire-options';
export type { Acquisition } from '../acquire/set/acquisition';
export type { LimitDefaults, LimitDefaultsOptions } from '../acquire/set/defaults';
export { asCompleted, type Completed } from './tasks/as-completed';
export { batchWorkflow } from './batch/batch-workflow';
export { configureLimits } from './support/defaults';
export { gather, type Gathered, type GatheredOrErrors, type GatherOptions } from './tasks/gather';
export { LimitPool, type LimitPoolOptions } from './routing/limit-pool';
export { CallLimit, RateLimit, ResourceLimit } from './limits/limits';
export { LimitSet, type LimitSetOptions } from './limits/limit-set';
export { limiterWorkflow } from './limiter/limiter-workflow';
export type { PoolActivities } from './routing/pool-activities';
export type {
  ActivityArguments,
  ActivityResult,
  PoolAcquireOptions,
  PoolActivityOptions,
  Route,
} from './routing/pool-activity-options';
export type { LimiterInput } from './limiter/protocol';
export type { RoutedActivityOptions, RoutedLimitSet } from './routing/routed-options';
export type { SubmissionQueueStats } from './tasks/submission-queues';
export type { TaskHandle } from './tasks/task-handle';
export { TaskPool, type TaskPoolStats } from './tasks/task-pool';
export type { RoutedLimitPool, TaskPoolOptions } from './tasks/task-pool-options';
export { type Task, type TaskResult, type Tasks, TasksTimeoutError } from './tasks/tasks';
export { wait, type Waited, type WaitOptions } from './tasks/wait';
export type { ReturnWhen, WaitLimit } from './tasks/wait-until';
