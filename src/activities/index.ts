/**
 * What runs inside workers: the plugin that gives a worker its limits, and what activities use of them.
 *
 * @module temporal-limits/worker
 */
export { currentAcquisition, currentLimits } from './context/current';
export type { ErrorClass } from './limited/error-reading';
export { showsNothingWasSent } from '../limiter/retry/error-chain';
export { limited, type AnyActivity, type Limited } from './limited/limited';
export type { FailedUsage, LimitedOptions } from './limited/limited-options';
export { LimitsPlugin, type LimitsPluginOptions } from './plugin/limits-plugin';
export type { RetryCondition, RetryContext, RetryPredicate } from './limited/retry-conditions';
export type { RetryOptions } from './limited/retry-options';
export type { Limits, WorkerLimits } from './context/worker-limits';
export type { RetryAlgorithm } from '../limiter/retry/retry-delay';
