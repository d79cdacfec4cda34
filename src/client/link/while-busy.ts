import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from './backoff';
import { FAILED_PRECONDITION, grpcCodeOf, RESOURCE_EXHAUSTED } from './reachability';
import { systemClock } from './system-clock';

/** How a server says that it has dropped an update with a workflow task that failed, before the workflow has accepted it. */
const DROPPED = 'due to unexpected workflow task failure';

/**
 * Asks again for so long what the server does not take for the moment: it buffers one query for each workflow, a production
 * server lists the workflows of a namespace ten times a second, whoever asks for it, and a signal that comes just as a run
 * ends has the task fail that ends it, with the updates in it.
 */
export async function askWhileBusy<T>(forMs: number, ask: () => Promise<T>): Promise<T> {
  const backoff = new Backoff(20, 500);
  const deadline = systemClock.now() + forMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isBusy(error) || systemClock.now() >= deadline) throw error;
    }
    await sleep(backoff.next());
  }
}

function isBusy(error: unknown): boolean {
  const code = grpcCodeOf(error);
  if (code === RESOURCE_EXHAUSTED) return true;
  return code === FAILED_PRECONDITION && String((error as Error).cause).includes(DROPPED);
}
