/**
 * Names of this package's errors that trying again would only repeat: mistakes of whoever calls, and what follows a call
 * that went through. The others tell of a moment: `AcquireTimeoutError`, `LeaseLostError`, `LimiterUnavailableError`.
 */
export const LASTING_ERRORS: ReadonlySet<string> = new Set([
  'AlreadyReleasedError',
  'DefinitionConflictError',
  'DuplicateLimitError',
  'InvalidAmountError',
  'InvalidLimitError',
  'InvalidUsageError',
  'MissingUsageError',
  'NestedAcquireError',
  'RateAmountRequiredError',
  'RequestExceedsCapacityError',
  'UnknownLimitError',
  'UsageExceedsRequestedError',
]);
