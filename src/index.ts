/**
 * What runs in any Node process: limit sets and pools, their limits, presets, errors and administration.
 *
 * @module temporal-limits
 */
export type { AcquireOptions, TryAcquireOptions } from './acquire/set/acquire-options';
export type { Acquisition } from './acquire/set/acquisition';
export type { Mode, OnUnavailable } from './client/backends/backend';
export type { Clock } from './acquire/ports';
export { configureLimits, type LimitDefaults, type LimitDefaultsOptions } from './acquire/set/defaults';
export type { Duration } from './limiter/checks/duration';
export type { Json, JsonObject } from './acquire/set/frozen-json';
export { LimitsAdmin, type LimitsAdminOptions, type ListedSet } from './client/admin/limits-admin';
export type { ChangeOptions, ChangeResult, DrainOptions, SetAdmin, TimedChangeOptions } from './client/admin/set-admin';
export { LimitPool, type LimitPoolJSON, type LimitPoolOptions, type LimitPoolStats } from './client/sets/limit-pool';
export { LimitSet, type LimitSetStats } from './client/sets/limit-set';
export type { LimitSetJSON, LimitSetOptions } from './client/sets/limit-set-options';
export { limitedFetch, type FetchLimits, type LimitedFetchOptions } from './client/sets/limited-fetch';
export { LimitTemplate, type LimitTemplateOptions } from './client/sets/limit-template';
export { limitsMetrics, type LimitsMetricsOptions } from './client/telemetry/limits-metrics';
export type { OpenTelemetryMeter } from './client/telemetry/open-telemetry-meter';
export { limitsTraces, type LimitsTracesOptions, type OpenTelemetryTracer } from './client/telemetry/limits-traces';
export type { LimitView } from './client/sets/limit-view';
export type { AlgorithmName } from './limiter/algorithms/algorithm';
export type { LoadBalancing } from './limiter/pool/balancers';
export {
  AcquireTimeoutError,
  NestedAcquireError,
  QueueFullError,
  type WaitedFor,
} from './limiter/errors/waiting-errors';
export {
  AlreadyReleasedError,
  InvalidUsageError,
  MissingUsageError,
  UsageExceedsRequestedError,
} from './limiter/errors/usage-errors';
export {
  DefinitionConflictError,
  DuplicateLimitError,
  InvalidLimitError,
  type DefinitionDifference,
} from './limiter/errors/definition-errors';
export {
  InvalidAmountError,
  RateAmountRequiredError,
  RequestExceedsCapacityError,
  UnknownLimitError,
} from './limiter/errors/request-errors';
export {
  DrainEndedError,
  DrainTimeoutError,
  InvalidChangeError,
  LeaseLostError,
  LimiterUnavailableError,
  NoLimiterError,
} from './limiter/errors/limiter-errors';
export { LimitsError } from './limiter/errors/limits-error';
export type { CapacityStep, ChangeOutcome } from './limiter/control/change';
export type { CapacityChange, Change, Control, LoggedChange, OperatorPause } from './limiter/control/control';
export type {
  CapacityOrigin,
  InspectedClient,
  InspectedLimit,
  Inspection,
  InspectOptions,
  MinuteRecord,
  NextServed,
  WorkflowRun,
} from './limiter/control/inspection';
export type { Why, WhyCause } from './limiter/control/why';
export type { AdaptedLimit, LimitDrift, ProviderStats } from './limiter/feedback/provider-record';
export type { SuspensionCause } from './limiter/feedback/provider-state';
export type { ProviderFault } from './limiter/feedback/observation';
export type { SeenLimit } from './limiter/feedback/seen-limits';
export type { LimitStats } from './limiter/ledger/ledger';
export {
  CallLimit,
  CALL_COUNT,
  limitFromJSON,
  RateLimit,
  ResourceLimit,
  type CallLimitOptions,
  type Limit,
  type LimitJSON,
  type AdaptiveRange,
  type Overage,
  type RateLimitOptions,
  type ResourceLimitOptions,
  type WindowOptions,
} from './limiter/definition/limits';
export type { Amounts } from './limiter/request/request';
export {
  anthropicLimits,
  azureOpenAILimits,
  bedrockLimits,
  geminiLimits,
  openaiLimits,
  type AnthropicQuota,
  type PresetLimit,
  type AzureOpenAIQuota,
  type BedrockQuota,
  type GeminiQuota,
  type OpenAIQuota,
} from './limiter/presets/presets';
export type { Unused } from './limiter/algorithms/algorithm';
export type { Counts } from './limiter/definition/counts';
