/** The workflows that run in the cluster. */
import { proxyActivities } from '@temporalio/workflow';
import { type Item, type ItemActivities } from './item';

export { limiterWorkflow } from '../../src/workflows/index';

const { callProvider } = proxyActivities<ItemActivities>({
  startToCloseTimeout: '2m',
  heartbeatTimeout: '3s',
  retry: { initialInterval: '200ms', maximumInterval: '2s' },
});

/** Does one item, however often it takes. */
export async function itemWorkflow(item: Item): Promise<void> {
  await callProvider(item);
}
