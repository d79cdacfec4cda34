import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { askWhileBusy } from './while-busy';

/** For so long a server may refuse, because it is asked too much. Unit: milliseconds. */
const ANSWER_MS = 3_000;

/** The workflows of a type that run. */
export async function openWorkflows({ workflow }: Client, type: string): Promise<readonly WorkflowExecutionInfo[]> {
  const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Running'`;
  return askWhileBusy(ANSWER_MS, async () => {
    const found: WorkflowExecutionInfo[] = [];
    for await (const each of workflow.list({ query })) found.push(each);
    return found;
  });
}
