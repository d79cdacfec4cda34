/** What runs inside workers: the plugin that gives a worker its limits, and what activities use of them. */
export { currentAcquisition, currentLimits } from './current';
export type { ErrorClass } from './error-names';
export { limited } from './limited';
export type { FailedUsage, LimitedOptions } from './limited-options';
export { LimitsPlugin, type LimitsPluginOptions } from './limits-plugin';
export { showsNothingWasSent } from './not-sent';
export type { RetryCondition, RetryContext, RetryPredicate } from './retry-conditions';
export type { RetryOptions } from './retry-options';
export type { Limits, WorkerLimits } from './worker-limits';
export type { RetryAlgorithm } from '../limiter/retry-delay';
