/** How the task queues begin on which processes hear pushes. */
export const PUSH_QUEUE_PREFIX = 'limits-push:';

const PUSH_QUEUE = new RegExp(`^${PUSH_QUEUE_PREFIX}[\\x21-\\x7e]{1,400}$`);

/**
 * Whether this is the task queue of a process that hears pushes. A message that names another must not put activities
 * on it, and one that names what no server takes would fail every workflow task from then on.
 */
export function isPushQueue(queue: string): boolean {
  return PUSH_QUEUE.test(queue);
}
