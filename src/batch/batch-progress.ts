import { type Client } from '@temporalio/client';
import { type BatchProgress, progressQuery } from '../workflows/batch-protocol';

/** So long may a workflow stand still when it is asked. Unit: milliseconds. */
const ANSWER_MS = 3_000;

/** How far each of the batch workflows is. Those that nobody runs do not answer. */
export async function askProgress(client: Client, workflowIds: readonly string[]): Promise<BatchProgress[]> {
  const ask = (id: string) => () => client.workflow.getHandle(id).query(progressQuery);
  const answers = await Promise.all(
    workflowIds.map((id) => client.withDeadline(Date.now() + ANSWER_MS, ask(id)).catch(() => undefined)),
  );
  return answers.filter((answer) => answer !== undefined);
}
