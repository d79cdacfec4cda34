import type { LimiterLink, PushHandler } from '../../acquire/ports';
import type { Push, Sync } from '../../limiter/protocol/wire';

/** A process's way to one limiter: it can ask where no worker of it hears pushes. */
export interface ProcessLink extends LimiterLink {
  /** The last push to this client, if the limiter has one. */
  ask(client: string): Promise<Push | undefined>;
}

const clients = new Map<string, PushHandler>();
const served: { readonly queue: string; readonly namespaceId: string; readonly limiterQueue: string }[] = [];

/** Lets pushes for this client reach it from now on. Returns what ends that. */
export function registerClient(client: string, hear: PushHandler): () => void {
  clients.set(client, hear);
  return () => {
    clients.delete(client);
  };
}

/**
 * A worker of this process serves pushes on this task queue from now on, from the limiters of a namespace that its data
 * converter can read. Returns what ends that.
 *
 * @param limiterQueue The task queue of those limiters.
 */
export function servePushes(queue: string, namespaceId: string, limiterQueue: string): () => void {
  const entry = { queue, namespaceId, limiterQueue };
  served.push(entry);
  return () => {
    const index = served.indexOf(entry);
    if (index >= 0) served.splice(index, 1);
  };
}

/** Whether a worker of this process serves pushes, from whichever namespace. */
export function servesPushes(): boolean {
  return served.length > 0;
}

/**
 * The task queue on which this process hears pushes from the limiters of a namespace that run on `limiterQueue`; empty if
 * no worker of it does. A limiter with a queue of another namespace or server would push to a queue that no worker polls, and
 * this process would not poll the limiter. The same applies to a worker that cannot read the push.
 */
export function pushQueue(namespaceId: string, limiterQueue: string): string {
  if (namespaceId === '') return '';
  const entry = served.findLast((each) => each.namespaceId === namespaceId && each.limiterQueue === limiterQueue);
  return entry?.queue ?? '';
}

/**
 * Hands a push to its client. A push for a client that is gone, or what is none, says nothing to anybody.
 *
 * @param leftAt When the server passed it on, which keeps the limiter's time: later than the limiter wrote it, so that the
 *   client knows its clock better.
 */
export function deliverPush(push: Push | null | undefined, leftAt: number): Sync | undefined {
  return push ? clients.get(push.client)?.({ ...push, now: Math.max(push.now, leftAt) }) : undefined;
}
