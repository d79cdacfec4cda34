import { LimiterUnavailableError, NoLimiterError } from '../../limiter/errors/limiter-errors';
import { AT_ONCE, someAtOnce } from './some-at-once';

/** What has a host in common with all others of its task queue. */
interface Hosted {
  readonly taskQueue: string;
}

/**
 * What each of many limiters answers, in their order; nothing of those that have ended or do not answer. Once so many of a
 * task queue as are asked at once are silent one after the other, it has no host: the rest of it are not asked, since each
 * would be waited for.
 *
 * @param ask Rejects with a LimiterUnavailableError if the limiter does not answer, with a NoLimiterError if it has ended.
 */
export async function askHosted<T extends Hosted, R>(
  limiters: readonly T[],
  ask: (limiter: T) => Promise<R>,
): Promise<(R | undefined)[]> {
  const silentInARow = new Map<string, number>();
  return someAtOnce(limiters, async (limiter) => {
    const { taskQueue } = limiter;
    const silent = (): number => silentInARow.get(taskQueue) ?? 0;
    if (silent() >= AT_ONCE) return undefined;
    try {
      const answer = await ask(limiter);
      silentInARow.set(taskQueue, 0);
      return answer;
    } catch (error) {
      if (error instanceof LimiterUnavailableError) silentInARow.set(taskQueue, silent() + 1);
      else if (!(error instanceof NoLimiterError)) throw error;
      return undefined;
    }
  });
}
