import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { openWorkflows } from '../../client/link/open-workflows';
import { POLLED_MS, polledMsAgo } from '../../client/link/pollers';
import { shellWord } from '../../limiter/control/shell-word';
import { NoLimiterError } from '../../limiter/errors/limiter-errors';
import { BATCH_WORKFLOW, type BatchProgress } from '../../workflows/batch/batch-protocol';
import { limiterId } from '../../workflows/limiter/protocol';
import { UsageError } from '../errors/errors';
import { askProgress } from './batch-workflows';
import { someAtOnce } from '../../client/link/some-at-once';
import { type SetOverview, type Sets, takeOverview } from './overview';

/** A batch of which workflows are open. */
interface ListedBatch {
  readonly id: string;
  /**
   * `abandoned`: no process runs it. `unanswered`: it did not answer, but a process polled its task queue of late: one that
   * has just ended, or that has another data converter than this command.
   */
  readonly state: 'running' | 'paused' | 'unanswered' | 'abandoned';
  /** When the current run of its first open workflow began. ISO 8601. */
  readonly runStartedAt: string;
  /** Workflows that are open, one for each partition that is not through. */
  readonly workflows: number;
}

/** What this package has open in a namespace. */
export interface Inventory {
  readonly limiters: readonly SetOverview[];
  readonly batches: readonly ListedBatch[];
}

/** Where is looked. */
interface Namespace {
  readonly client: Client;
  readonly admin: Sets;
}

/** An open workflow, as the server lists it. */
interface Listed {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly startTime: Date;
}

const BATCH_ID = /^batch:(.+):\d+$/;

/** Lists the limiters and batches that are open in a namespace, and asks each how it is. */
export async function takeInventory({ client, admin }: Namespace): Promise<Inventory> {
  const batches = byBatch(await openWorkflows(client, BATCH_WORKFLOW));
  return {
    limiters: await takeOverview(admin),
    batches: await someAtOnce([...batches], ([id, workflows]) => describeBatch(client, id, workflows)),
  };
}

/** The ids of the workflows of a batch that are open. */
export async function batchWorkflowsOf(client: Client, id: string): Promise<string[]> {
  const workflows = byBatch(await openWorkflows(client, BATCH_WORKFLOW)).get(id) ?? [];
  return workflows.map(({ workflowId }) => workflowId);
}

/**
 * Terminates the limiter of a set. The next client starts another, which knows nothing of what was taken.
 *
 * @throws {NoLimiterError} if none runs
 */
export async function clearLimiter(client: Client, set: string): Promise<void> {
  try {
    await client.workflow.getHandle(limiterId(set)).terminate('cleared');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new NoLimiterError(set);
  }
}

/**
 * Terminates the workflows of a batch that no process runs.
 *
 * @throws {UsageError} if it has none, or a process runs it
 */
export async function clearBatch(client: Client, id: string): Promise<void> {
  const workflows = byBatch(await openWorkflows(client, BATCH_WORKFLOW)).get(id);
  if (workflows === undefined) {
    throw new UsageError(`no batch ${JSON.stringify(id)} is open: \`temporal-limits ls\` lists those that are`);
  }
  const { state } = await describeBatch(client, id, workflows);
  if (state === 'unanswered') {
    throw new UsageError(
      `batch ${id} does not answer, but a process polled its task queue within the last 70 s: wait that long if it has ` +
        `ended, or end it with \`temporal-limits batch cancel ${shellWord(id)}\``,
    );
  }
  if (state !== 'abandoned') {
    throw new UsageError(`batch ${id} is running: end it with \`temporal-limits batch cancel ${shellWord(id)}\``);
  }
  await Promise.all(workflows.map(({ workflowId }) => client.workflow.getHandle(workflowId).terminate('cleared')));
}

function byBatch(workflows: readonly Listed[]): Map<string, Listed[]> {
  const batches = new Map<string, Listed[]>();
  for (const workflow of workflows) {
    const id = BATCH_ID.exec(workflow.workflowId)?.[1];
    if (id !== undefined) batches.set(id, [...(batches.get(id) ?? []), workflow]);
  }
  return batches;
}

async function describeBatch(client: Client, id: string, workflows: readonly Listed[]): Promise<ListedBatch> {
  const ids = workflows.map(({ workflowId }) => workflowId);
  const started = Math.min(...workflows.map(({ startTime }) => startTime.getTime()));
  return {
    id,
    state: await stateOf(client, workflows, await askProgress(client, ids)),
    runStartedAt: new Date(started).toISOString(),
    workflows: ids.length,
  };
}

async function stateOf(
  client: Client,
  workflows: readonly Listed[],
  progress: readonly BatchProgress[],
): Promise<ListedBatch['state']> {
  if (progress.length > 0) return progress.some(({ isPaused }) => isPaused) ? 'paused' : 'running';
  const queues = [...new Set(workflows.map(({ taskQueue }) => taskQueue))];
  const polled = await Promise.all(queues.map((queue) => polledMsAgo(client, queue)));
  return Math.min(...polled) < POLLED_MS ? 'unanswered' : 'abandoned';
}
