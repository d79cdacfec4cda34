import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { LimiterUnavailableError } from '../../limiter/errors/limiter-errors';
import { limiterId } from '../../workflows/limiter/protocol';
import { placeOf } from './environment';
import { ofServer } from './obstacle';
import { CANCELLED, DEADLINE_EXCEEDED, grpcCodeOf, RESOURCE_EXHAUSTED } from './reachability';
import { askWhileBusy } from './while-busy';

/** A limiter that takes longer to answer is not waited for. Unit: milliseconds. */
const ANSWER_MS = 3_000;

/** Asks a limiter that runs; nothing if it does not. One that has ended would answer a query as well, with what it knew. */
export async function askRunning<T>(
  handle: WorkflowHandle,
  ask: (handle: WorkflowHandle) => Promise<T>,
): Promise<T | undefined> {
  const { status } = await handle.describe();
  return status.name === 'RUNNING' ? ask(handle) : undefined;
}

/**
 * Asks the limiter of a set; nothing if none runs.
 *
 * @throws LimiterUnavailableError if it does not answer in time, or its server refuses; WorkflowUpdateFailedError if it
 *   refuses an update
 */
export async function askLimiter<T>(
  client: Client,
  name: string,
  ask: (handle: WorkflowHandle) => Promise<T>,
  answerMs = ANSWER_MS,
): Promise<T | undefined> {
  const handle = client.workflow.getHandle(limiterId(name));
  const deadline = Date.now() + answerMs;
  try {
    return await askWhileBusy(answerMs, () => client.withDeadline(deadline, () => askRunning(handle, ask)));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (error instanceof WorkflowUpdateFailedError || error instanceof LimiterUnavailableError) throw error;
    throw new LimiterUnavailableError(name, refusalOf(error, client) ?? 'it does not answer', { cause: error });
  }
}

/**
 * What the server has against every call, if anything. A limiter may be silent where its server is not; an update of it that
 * is not answered by the deadline is cancelled.
 */
export function refusalOf(error: unknown, client: Client | undefined): string | undefined {
  const isSilent = [CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED].includes(grpcCodeOf(error) ?? NaN);
  return isSilent ? undefined : ofServer(error, placeOf(client))?.detail;
}
