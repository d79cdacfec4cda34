/**
 * The base of every error of this package. Compare errors by `name`: `instanceof` fails across the workflow sandbox and
 * across module realms.
 *
 * @example
 * try {
 *   await limits.use({ timeout: '5s' }, callTheProvider);
 * } catch (error) {
 *   if (!(error instanceof LimitsError)) throw error;
 *   console.log(`the provider was not called: ${error.name}`);
 * }
 */
export abstract class LimitsError extends Error {
  /** A stable, literal name. Temporal carries the error with this name as its `type`. */
  abstract override readonly name: string;
}

/**
 * Names of this package's errors that trying again would only repeat: mistakes of the caller, and what follows a call
 * that went through. The others are temporary: `AcquireTimeoutError`, `LeaseLostError`, `LimiterUnavailableError`, `DefinitionConflictError`,
 * `QueueFullError`, `NoLimiterError`, `DrainTimeoutError`, `DrainEndedError`.
 */
export const LASTING_ERRORS: ReadonlySet<string> = new Set([
  'AlreadyReleasedError',
  'DuplicateLimitError',
  'InvalidChangeError',
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
