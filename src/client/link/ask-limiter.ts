import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { LimiterUnavailableError } from '../../limiter/errors/limiter-errors';
import { limiterId } from '../../workflows/limiter/protocol';
import { Backoff } from './backoff';
import { grpcCodeOf, RESOURCE_EXHAUSTED } from './reachability';

/** A limiter that takes longer to answer is not waited for. Unit: milliseconds. */
const ANSWER_MS = 3_000;

/**
 * Asks the limiter of a set; nothing if none runs. One that was terminated would answer a query as well, with what it knew
 * before.
 *
 * @throws LimiterUnavailableError if it does not answer in time
 */
export async function askLimiter<T>(
  client: Client,
  name: string,
  ask: (handle: WorkflowHandle) => Promise<T>,
  answerMs = ANSWER_MS,
): Promise<T | undefined> {
  const handle = client.workflow.getHandle(limiterId(name));
  const deadline = Date.now() + answerMs;
  const askRunning = async (): Promise<T | undefined> => {
    const { status } = await handle.describe();
    return status.name === 'RUNNING' ? ask(handle) : undefined;
  };
  const backoff = new Backoff(20, 500);
  for (;;) {
    try {
      return await client.withDeadline(deadline, askRunning);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      // one query is buffered for each limiter, and workers that start together all ask
      const isBusy = grpcCodeOf(error) === RESOURCE_EXHAUSTED && Date.now() < deadline;
      if (!isBusy) throw new LimiterUnavailableError(name, 'it does not answer', { cause: error });
    }
    await sleep(backoff.next());
  }
}
