import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from './backoff';
import { grpcCodeOf, RESOURCE_EXHAUSTED } from './reachability';
import { systemClock } from './system-clock';

/**
 * Asks again for so long what the server refuses because it is asked too much: it buffers one query for each
 * workflow, and a production server lists the workflows of a namespace ten times a second, whoever asks for it.
 */
export async function askWhileBusy<T>(forMs: number, ask: () => Promise<T>): Promise<T> {
  const backoff = new Backoff(20, 500);
  const deadline = systemClock.now() + forMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (grpcCodeOf(error) !== RESOURCE_EXHAUSTED || systemClock.now() >= deadline) throw error;
    }
    await sleep(backoff.next());
  }
}
