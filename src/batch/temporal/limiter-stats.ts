import { type Client } from '@temporalio/client';
import { limiterId, statsQuery, type LimiterStats } from '../../workflows/limiter/protocol';

/** Longer than a limiter takes; a picture that is late is no use. Unit: milliseconds. */
const DEADLINE_MS = 2_000;

/** What each set's limiter counts now. One that does not answer, or does not run yet, is left out. */
export async function queryLimiters(client: Client, sets: readonly string[]): Promise<Map<string, LimiterStats>> {
  const found = new Map<string, LimiterStats>();
  await Promise.all(
    sets.map(async (set) => {
      const query = () => client.workflow.getHandle(limiterId(set)).query(statsQuery, Date.now());
      const stats = await client.withDeadline(Date.now() + DEADLINE_MS, query).catch(() => undefined);
      if (stats !== undefined) found.set(set, stats);
    }),
  );
  return found;
}
