import { ApplicationFailure } from '@temporalio/workflow';
import { LimitsError } from '../limiter/errors/limits-error';

/**
 * Runs checks in workflow code. What they throw fails the workflow, with the error's name as `type` and its data as
 * details: as a plain error it would fail the workflow task, which Temporal then tries again until somebody looks.
 */
export function failingWorkflow<T>(checks: () => T): T {
  try {
    return checks();
  } catch (error) {
    if (!(error instanceof LimitsError)) throw error;
    const { name, message, ...data } = error;
    throw ApplicationFailure.create({ type: name, message, details: [data], nonRetryable: true, cause: error });
  }
}
