import type { Push, Sync } from '../limiter/wire';
import type { Hear } from '../acquire/limiter-link';

const clients = new Map<string, Hear>();
const queues: string[] = [];

/** Lets pushes for this client reach it from now on. Returns what ends that. */
export function registerClient(client: string, hear: Hear): () => void {
  clients.set(client, hear);
  return () => {
    clients.delete(client);
  };
}

/** A worker of this process serves pushes on this task queue from now on. Returns what ends that. */
export function servePushes(queue: string): () => void {
  queues.push(queue);
  return () => {
    const index = queues.indexOf(queue);
    if (index >= 0) queues.splice(index, 1);
  };
}

/** The task queue on which this process hears pushes; empty if no worker of it does. */
export function pushQueue(): string {
  return queues.at(-1) ?? '';
}

/** The push activity. A push for a client that is gone, or what is none, says nothing to anybody. */
export function limitsPush(push: Push | null | undefined): Promise<Sync | undefined> {
  return Promise.resolve(push ? clients.get(push.client)?.(push) : undefined);
}
