import { sleep } from '@temporalio/activity';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { RunAddress } from '../../limiter/protocol/address';
import type { HostActivities } from '../../workflows/limiter/protocol';

/** Most calls to the server at once. */
const AT_ONCE = 10;
/** A call that takes longer tells nothing. */
const CALL_MS = 3_000;

const CLOSED = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'CONTINUED_AS_NEW', 'TIMED_OUT']);

/** The activities of a host of limiters, for a connection. */
export function hostActivities(client: Client): HostActivities {
  return {
    async limitsProbe(runs) {
      const closed: string[] = [];
      const waiting = [...runs];
      const work = async (): Promise<void> => {
        for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
          if (await isClosed(client, run)) closed.push(run.runId);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return closed;
    },
    limitsWake: (afterMs) => sleep(afterMs),
  };
}

/** Whether a run is closed for certain. */
async function isClosed(client: Client, { workflowId, runId }: RunAddress): Promise<boolean> {
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    const { status } = await client.withDeadline(Date.now() + CALL_MS, () => handle.describe());
    return CLOSED.has(status.name);
  } catch (error) {
    return error instanceof WorkflowNotFoundError;
  }
}
