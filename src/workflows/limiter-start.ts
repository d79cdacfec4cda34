import type { SetDefinition } from '../limiter/definition';
import { LIMITER_TASK_QUEUE, limiterId } from './limiter-id';
import type { LimiterInput } from './protocol';

/**
 * When whoever runs a limiter is killed in the middle of a workflow task, the limiter stands still until the server gives
 * that task up. Not shorter: with eight runnable processes for each core a task takes up to 4 s, and one that is given up
 * has the whole run replayed. From the fourth try on the server gives more time, so that none is tried for ever.
 */
export const LIMITER_TASK_TIMEOUT = '5s';

interface LimiterStart {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly workflowTaskTimeout: typeof LIMITER_TASK_TIMEOUT;
  readonly args: [LimiterInput];
}

/** How the limiter of a limit set is started by whoever is the first to need it. */
export function limiterStart(
  limitSet: string,
  definition: SetDefinition,
  taskQueue: string = LIMITER_TASK_QUEUE,
): LimiterStart {
  return {
    workflowId: limiterId(limitSet),
    taskQueue,
    workflowTaskTimeout: LIMITER_TASK_TIMEOUT,
    args: [{ definition }],
  };
}
