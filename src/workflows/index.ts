/** What runs in the workflow sandbox: the limiter and the batch, to be hosted by a worker. */
export { batchWorkflow } from './batch-workflow';
export { limiterWorkflow } from './limiter-workflow';
export type {
  BatchInput,
  BatchState,
  Completion,
  ControlActivities,
  IndexedItem,
  ItemActivities,
  Page,
  RoutedSet,
} from './batch-protocol';
export type { ItemFailed, ItemOk, ItemResult, ItemUsage } from './item-result';
export type { LimiterInput, PushActivities } from './protocol';
