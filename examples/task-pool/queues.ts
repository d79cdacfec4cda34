/** One task queue for each region. */
export const QUEUES = ['task-pool-us', 'task-pool-eu'];

/** How many tasks a queue has before the workflow waits. */
export const TASKS_PER_QUEUE = 8;

/** What the provider allows each region, here for one second instead of a minute. */
export const QUOTA = { windowSeconds: 1, calls: 10 };
