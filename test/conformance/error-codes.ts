import { DuplicateLimitError, InvalidLimitError } from '../../src/limiter/errors/definition-errors';
import { AcquireTimeoutError } from '../../src/limiter/errors/waiting-errors';
import {
  AlreadyReleasedError,
  InvalidUsageError,
  MissingUsageError,
  UsageExceedsRequestedError,
} from '../../src/limiter/errors/usage-errors';
import {
  InvalidAmountError,
  RateAmountRequiredError,
  RequestExceedsCapacityError,
  UnknownLimitError,
} from '../../src/limiter/errors/request-errors';
import { CALL_COUNT } from '../../src/limiter/definition/limits';
import type { Outcome } from './trace';

function codeOf(error: unknown, op: string): string | undefined {
  if (error instanceof RequestExceedsCapacityError) return 'REQUEST_EXCEEDS_CAPACITY';
  if (error instanceof RateAmountRequiredError) return 'RATE_AMOUNT_REQUIRED';
  if (error instanceof UnknownLimitError) return op === 'update' ? 'UPDATE_UNKNOWN_KEY' : 'UNKNOWN_KEY';
  if (error instanceof UsageExceedsRequestedError) return 'USAGE_EXCEEDS_REQUESTED';
  if (error instanceof AlreadyReleasedError) return 'ALREADY_RELEASED';
  if (error instanceof MissingUsageError) return 'MISSING_UPDATE';
  if (error instanceof AcquireTimeoutError) return 'TIMEOUT';
  if (error instanceof DuplicateLimitError) return 'DUPLICATE_KEY';
  if (error instanceof InvalidLimitError) return 'INVALID_CONFIG';
  if (error instanceof InvalidAmountError) return Number(error.amount) < 0 ? 'NEGATIVE_AMOUNT' : 'NOT_AN_INTEGER';
  if (error instanceof InvalidUsageError) {
    if (Number(error.usage) < 0) return 'NEGATIVE_USAGE';
    return error.key === CALL_COUNT ? 'CALL_USAGE_INVALID' : 'RESOURCE_USAGE_INVALID';
  }
  return undefined;
}

/** An error in the words of the traces; one that has none there is a failure of the test. */
export function outcomeOfError(error: unknown, op: string): Outcome {
  const code = codeOf(error, op);
  if (code === undefined) throw error;
  const missing = error instanceof MissingUsageError ? { missing: [...error.keys] } : {};
  return { ok: false, error: code, ...missing };
}
