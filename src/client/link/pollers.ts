import type { Client } from '@temporalio/client';
import { systemClock } from './system-clock';

/** A poll lasts a minute at most, so a queue that was not polled for longer has no worker. Unit: milliseconds. */
export const POLLED_MS = 70_000;

/** How long ago a worker last polled a task queue, by the server's clock and this one's; `Infinity` if none is known. Unit: milliseconds. */
export async function polledMsAgo(client: Client, name: string): Promise<number> {
  return systemClock.now() - Math.max(-Infinity, ...(await pollersOf(client, name)).map(({ seenAt }) => seenAt));
}

/** The identities that have recently polled a task queue for workflow tasks. */
export async function pollingNow(client: Client, name: string): Promise<string[]> {
  const since = systemClock.now() - POLLED_MS;
  const pollers = await pollersOf(client, name);
  return [...new Set(pollers.flatMap(({ identity, seenAt }) => (seenAt > since ? [identity] : [])))];
}

interface Poller {
  readonly identity: string;
  /** When it polled last. Unit: milliseconds since the epoch. */
  readonly seenAt: number;
}

async function pollersOf(client: Client, name: string): Promise<Poller[]> {
  const { namespace } = client.options;
  const { pollers } = await client.workflowService.describeTaskQueue({ namespace, taskQueue: { name } });
  return pollers.map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    seenAt: Number(lastAccessTime?.seconds ?? 0) * 1_000,
  }));
}
