import type { Client } from '@temporalio/client';
import type { SetDefinition } from '../../limiter/definition/definition';
import { statsQuery } from '../../workflows/limiter/protocol';
import { askLimiter } from './ask-limiter';

/**
 * What the limiter of a set enforces now; nothing if none runs.
 *
 * @throws LimiterUnavailableError if it does not answer within 3 s
 */
export async function runningDefinition(client: Client, name: string): Promise<SetDefinition | undefined> {
  const stats = await askLimiter(client, name, (handle) => handle.query(statsQuery, Date.now()));
  return stats?.definition;
}
