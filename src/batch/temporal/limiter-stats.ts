import { type Client } from '@temporalio/client';
import { askLimiter } from '../../client/link/ask-limiter';
import { statsQuery, type LimiterStats } from '../../workflows/limiter/protocol';

/** Longer than a limiter takes; a picture that is late is no use. Unit: milliseconds. */
const PICTURE_MS = 2_000;

/**
 * What each set's limiter counts now. One that does not answer, or does not run, is left out.
 *
 * @param withinMs How long one may take. Unit: milliseconds. @default 2000
 */
export async function queryLimiters(
  client: Client,
  sets: readonly string[],
  withinMs = PICTURE_MS,
): Promise<Map<string, LimiterStats>> {
  const found = new Map<string, LimiterStats>();
  await Promise.all(
    sets.map(async (set) => {
      const ask = askLimiter(client, set, (handle) => handle.query(statsQuery, Date.now()), withinMs);
      const stats = await ask.catch(() => undefined);
      if (stats !== undefined) found.set(set, stats);
    }),
  );
  return found;
}
