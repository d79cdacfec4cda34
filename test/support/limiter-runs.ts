import type { Client } from '@temporalio/client';
import { grpcCodeOf } from '../../src/client/link/reachability';
import { LIMITER_WORKFLOW, limiterId, statsQuery, type LimiterStats } from '../../src/workflows/limiter/protocol';
import { until } from './until';

/** Causes of failures that are none: a signal came while the run was about to end, which ends a moment later; */
export const UNHANDLED_COMMAND = 1;
/** the test terminated the limiter while a task of it was under way. */
const FORCE_CLOSE_COMMAND = 17;
const HARMLESS = [UNHANDLED_COMMAND, FORCE_CLOSE_COMMAND];

/** Ids of a limiter's runs; of every limiter's without a name. */
export async function runsOf(client: Client, name?: string): Promise<[workflowId: string, runId: string][]> {
  const which = name === undefined ? '' : ` AND WorkflowId = '${limiterId(name)}'`;
  const query = `WorkflowType = '${LIMITER_WORKFLOW}'${which}`;
  return unlessBusy('the limiters are listed', async () => {
    const runs: [string, string][] = [];
    for await (const { workflowId, runId } of client.workflow.list({ query })) runs.push([workflowId, runId]);
    return runs;
  });
}

/** What went wrong in the workflow tasks of all limiters. */
export async function failedTasks(client: Client): Promise<string[]> {
  const faults: string[] = [];
  for (const [workflowId, runId] of await runsOf(client)) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { workflowTaskFailedEventAttributes: failed } of events ?? []) {
      if (failed && !HARMLESS.includes(Number(failed.cause))) {
        faults.push(`${workflowId}: cause ${String(failed.cause)} ${failed.failure?.message ?? ''}`);
      }
    }
  }
  return faults;
}

/**
 * gRPC's codes of what nobody had the time for. A server keeps one query for a limiter that has something to do, and a
 * production server lists a namespace's workflows ten times a second.
 */
const BUSY: readonly (number | undefined)[] = [4, 8];

/** What the limiter itself tells. */
export async function limiterStats(client: Client, name: string): Promise<LimiterStats> {
  const limiter = client.workflow.getHandle(limiterId(name));
  return unlessBusy('the limiter tells its stats', () => limiter.query(statsQuery, Date.now()));
}

/** Asks until somebody has the time to answer. */
async function unlessBusy<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const answers: T[] = [];
  await until(what, async () => {
    try {
      answers.push(await ask());
      return true;
    } catch (error) {
      if (BUSY.includes(grpcCodeOf(error))) return String(error);
      throw error;
    }
  });
  return answers[0]!;
}
