import { ApplicationFailure } from '@temporalio/workflow';
import { LASTING_ERRORS, LimitsError } from '../../limiter/errors/limits-error';

/** Runs something, and has the workflow fail with what it throws. */
export function failing<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asFailure(error);
  }
}

/** {@link failing}, of something that takes its time. */
export async function failingAsync<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw asFailure(error);
  }
}

/**
 * An error of this package as it is thrown in workflow code: an `ApplicationFailure`, because any other error would fail
 * the workflow task, which Temporal retries until an operator acts, rather than the workflow. It has the error's own
 * `name` and data, and the name as its `type`.
 */
function asFailure(error: unknown): unknown {
  const isMisuse = error instanceof TypeError || error instanceof RangeError;
  if (!isMisuse && !(error instanceof LimitsError)) return error;
  const { name, message, ...data } = error;
  const nonRetryable = isMisuse || LASTING_ERRORS.has(name);
  const failure = ApplicationFailure.create({ type: name, message, details: [data], nonRetryable, cause: error });
  Object.defineProperty(failure, 'name', { value: name });
  return Object.assign(failure, data);
}

/** How the SDK words that a signal found no open workflow; its type is that of every failed signal. */
const NOT_FOUND = /\bwas not found\b/;

/** Whether a signal failed because there is no such workflow, or it is closed. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && NOT_FOUND.test(error.message);
}
