/** What runs in the workflow sandbox: the limiter and the batch, to be hosted by a worker. */
export { batchWorkflow } from './batch-workflow';
export { limiterWorkflow } from './limiter-workflow';
export type { LimiterInput } from './protocol';
