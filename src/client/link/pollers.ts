import type { Client } from '@temporalio/client';
import { systemClock } from './system-clock';

/** A poll lasts a minute at most, so a queue that was not polled for longer has no worker. Unit: milliseconds. */
export const POLLED_MS = 70_000;

/** How long ago a worker last polled a task queue, by the server's clock and this one's; `Infinity` if none is known. Unit: milliseconds. */
export async function polledMsAgo(client: Client, name: string): Promise<number> {
  const { namespace } = client.options;
  const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue: { name } });
  const seenAt = pollers.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000);
  return systemClock.now() - Math.max(-Infinity, ...seenAt);
}
