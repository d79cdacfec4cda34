export type { AcquireOptions, TryAcquireOptions } from './acquire/acquire-options';
export type { Acquisition } from './acquire/acquisition';
export type { Mode, OnUnavailable } from './client/backends';
export type { Clock } from './acquire/clock';
export { configureLimits, type LimitDefaults, type LimitDefaultsOptions } from './acquire/defaults';
export type { Duration } from './limiter/duration';
export type { Json, JsonObject } from './acquire/frozen-json';
export { LimitPool, type LimitPoolJSON, type LimitPoolOptions, type LimitPoolStats } from './client/limit-pool';
export { LimitSet, type LimitSetStats } from './client/limit-set';
export type { LimitSetJSON, LimitSetOptions } from './client/limit-set-options';
export type { LimitView } from './client/limit-view';
export type { AlgorithmName } from './limiter/algorithms/algorithm';
export type { LoadBalancing } from './limiter/balancers/balancer';
export { AcquireTimeoutError } from './limiter/errors/acquire-timeout-error';
export { AlreadyReleasedError } from './limiter/errors/already-released-error';
export { DefinitionConflictError } from './limiter/errors/definition-conflict-error';
export { DuplicateLimitError } from './limiter/errors/duplicate-limit-error';
export { InvalidAmountError } from './limiter/errors/invalid-amount-error';
export { InvalidLimitError } from './limiter/errors/invalid-limit-error';
export { InvalidUsageError } from './limiter/errors/invalid-usage-error';
export { LeaseLostError } from './limiter/errors/lease-lost-error';
export { LimiterUnavailableError } from './limiter/errors/limiter-unavailable-error';
export { LimitsError } from './limiter/errors/limits-error';
export { MissingUsageError } from './limiter/errors/missing-usage-error';
export { NestedAcquireError } from './limiter/errors/nested-acquire-error';
export { RateAmountRequiredError } from './limiter/errors/rate-amount-required-error';
export { RequestExceedsCapacityError } from './limiter/errors/request-exceeds-capacity-error';
export { UnknownLimitError } from './limiter/errors/unknown-limit-error';
export { UsageExceedsRequestedError } from './limiter/errors/usage-exceeds-requested-error';
export type { LimitStats } from './limiter/ledger';
export {
  CallLimit,
  CALL_COUNT,
  limitFromJSON,
  RateLimit,
  ResourceLimit,
  type CallLimitOptions,
  type Limit,
  type LimitJSON,
  type Overage,
  type RateLimitOptions,
  type ResourceLimitOptions,
} from './limiter/limits';
export type { Amounts } from './limiter/request';
