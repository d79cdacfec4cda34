/** What runs in the workflow sandbox: the limiter, to be hosted by a worker. */
export { limiterWorkflow } from './limiter-workflow';
export type { LimiterInput, PushActivities } from './protocol';
