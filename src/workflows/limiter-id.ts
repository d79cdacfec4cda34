/** The task queue of limiter workflows, unless told otherwise. */
export const LIMITER_TASK_QUEUE = 'temporal-limits';

/** The type under which a limiter workflow is registered. */
export const LIMITER_WORKFLOW = 'limiterWorkflow';

/** The id of the one limiter of a limit set. */
export function limiterId(limitSet: string): string {
  return `limits:${limitSet}`;
}
