import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { LimiterUnavailableError } from '../../limiter/errors/limiter-errors';
import type { SetDefinition } from '../../limiter/definition/definition';
import { limiterId, statsQuery } from '../../workflows/limiter/protocol';
import { Backoff } from './backoff';
import { grpcCodeOf, RESOURCE_EXHAUSTED } from './reachability';

/** A limiter that takes longer to answer is not waited for. Unit: milliseconds. */
const ANSWER_MS = 3_000;

/**
 * What the limiter of a set enforces now; nothing if none runs. One that was terminated would answer the query as well, with
 * what it enforced before.
 *
 * @throws LimiterUnavailableError if it does not answer within 3 s
 */
export async function runningDefinition(client: Client, name: string): Promise<SetDefinition | undefined> {
  const handle = client.workflow.getHandle(limiterId(name));
  const deadline = Date.now() + ANSWER_MS;
  const ask = async (): Promise<SetDefinition | undefined> => {
    const { status } = await handle.describe();
    return status.name === 'RUNNING' ? (await handle.query(statsQuery, Date.now())).definition : undefined;
  };
  const backoff = new Backoff(20, 500);
  for (;;) {
    try {
      return await client.withDeadline(deadline, ask);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      // one query is buffered for each limiter, and workers that start together all ask
      const isBusy = grpcCodeOf(error) === RESOURCE_EXHAUSTED && Date.now() < deadline;
      if (!isBusy) throw new LimiterUnavailableError(name, 'it does not answer', { cause: error });
    }
    await sleep(backoff.next());
  }
}
