import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { LimiterUnavailableError } from '../../limiter/errors/limiter-errors';
import { limiterId } from '../../workflows/limiter/protocol';
import { askWhileBusy } from './while-busy';

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
  try {
    return await askWhileBusy(answerMs, () => client.withDeadline(deadline, askRunning));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw new LimiterUnavailableError(name, 'it does not answer', { cause: error });
  }
}
