import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { POLLED_MS, polledMsAgo } from '../../client/link/pollers';
import { BATCH_WORKFLOW, type BatchProgress } from '../../workflows/batch/batch-protocol';
import { LIMITER_WORKFLOW, limiterId } from '../../workflows/limiter/protocol';
import { UsageError } from '../errors/errors';
import { askProgress } from './batch-workflows';
import { queryLimiters } from './limiter-stats';

/** A limiter that runs. */
interface ListedLimiter {
  readonly set: string;
  /** `unanswered`: no host runs it, or this command has another data converter. */
  readonly state: 'serving' | 'unanswered';
  /** When its current run began; a limiter that is used continues as new. ISO 8601. */
  readonly runStartedAt: string;
  readonly taskQueue: string;
  /** Processes and workflow runs that share the set; null if it did not answer. */
  readonly clients: number | null;
  /** Acquisitions that wait; null if it did not answer. */
  readonly waiting: number | null;
}

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
  readonly limiters: readonly ListedLimiter[];
  readonly batches: readonly ListedBatch[];
}

/** An open workflow, as the server lists it. */
interface Listed {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly startTime: Date;
}

/** Most workflows that are asked at once. */
const AT_ONCE = 50;
const BATCH_ID = /^batch:(.+):\d+$/;
const LIMITER_PREFIX = limiterId('');

/** Lists the limiters and batches that are open in the client's namespace, and asks each how it is. */
export async function takeInventory(client: Client): Promise<Inventory> {
  const [limiters, batches] = [await openOf(client, LIMITER_WORKFLOW), await openOf(client, BATCH_WORKFLOW)];
  return {
    limiters: await inSlices(
      limiters.filter(({ workflowId }) => workflowId.startsWith(LIMITER_PREFIX)),
      (slice) => describeLimiters(client, slice),
    ),
    batches: await inSlices([...byBatch(batches)], (slice) =>
      Promise.all(slice.map(([id, workflows]) => describeBatch(client, id, workflows))),
    ),
  };
}

/**
 * Terminates the limiter of a set. The next client starts another, which knows nothing of what was taken.
 *
 * @throws {UsageError} if none runs
 */
export async function clearLimiter(client: Client, set: string): Promise<void> {
  try {
    await client.workflow.getHandle(limiterId(set)).terminate('cleared');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new UsageError(`no limiter of set ${JSON.stringify(set)} runs: \`temporal-limits ls\` lists those that do`);
  }
}

/**
 * Terminates the workflows of a batch that no process runs.
 *
 * @throws {UsageError} if it has none, or a process runs it
 */
export async function clearBatch(client: Client, id: string): Promise<void> {
  const workflows = byBatch(await openOf(client, BATCH_WORKFLOW)).get(id);
  if (workflows === undefined) {
    throw new UsageError(`no batch ${JSON.stringify(id)} is open: \`temporal-limits ls\` lists those that are`);
  }
  const { state } = await describeBatch(client, id, workflows);
  if (state === 'unanswered') {
    throw new UsageError(
      `batch ${id} does not answer, but a process polled its task queue within the last 70 s: wait that long if it has ` +
        `ended, or end it with \`temporal-limits batch cancel ${id}\``,
    );
  }
  if (state !== 'abandoned') {
    throw new UsageError(`batch ${id} is running: end it with \`temporal-limits batch cancel ${id}\``);
  }
  await Promise.all(workflows.map(({ workflowId }) => client.workflow.getHandle(workflowId).terminate('cleared')));
}

async function openOf(client: Client, type: string): Promise<Listed[]> {
  const found: Listed[] = [];
  const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Running'`;
  for await (const workflow of client.workflow.list({ query })) found.push(workflow);
  return found;
}

function byBatch(workflows: readonly Listed[]): Map<string, Listed[]> {
  const batches = new Map<string, Listed[]>();
  for (const workflow of workflows) {
    const id = BATCH_ID.exec(workflow.workflowId)?.[1];
    if (id !== undefined) batches.set(id, [...(batches.get(id) ?? []), workflow]);
  }
  return batches;
}

async function describeLimiters(client: Client, workflows: readonly Listed[]): Promise<ListedLimiter[]> {
  const setOf = ({ workflowId }: Listed): string => workflowId.slice(LIMITER_PREFIX.length);
  const answers = await queryLimiters(client, workflows.map(setOf));
  return workflows.map((workflow) => {
    const stats = answers.get(setOf(workflow));
    return {
      set: setOf(workflow),
      state: stats === undefined ? 'unanswered' : 'serving',
      runStartedAt: workflow.startTime.toISOString(),
      taskQueue: workflow.taskQueue,
      clients: stats?.clients ?? null,
      waiting: stats?.waiting ?? null,
    };
  });
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

async function inSlices<T, R>(all: readonly T[], describe: (slice: readonly T[]) => Promise<R[]>): Promise<R[]> {
  const described: R[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    described.push(...(await describe(all.slice(from, from + AT_ONCE))));
  }
  return described;
}
