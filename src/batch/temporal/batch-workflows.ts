import { WorkflowFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { wentUnanswered } from '../../client/link/reachability';
import {
  BATCH_WORKFLOW,
  type BatchInput,
  type BatchProgress,
  progressQuery,
} from '../../workflows/batch/batch-protocol';

/** A server that does not take a call in this time is not waited for when the batch is to end. Unit: milliseconds. */
const CALL_MS = 3_000;
const TRY_AGAIN_MS = 1_000;

/** How the workflows of a batch ended: `through`, `cancelled` from elsewhere, or `left` because the signal aborted. */
export interface WorkflowsEnd {
  readonly how: 'through' | 'cancelled' | 'left';
  /** History events that they took. */
  readonly events: number;
}

/** The workflows of a batch, started, or found running: then they continue. */
export class BatchWorkflows {
  private constructor(
    private readonly client: Client,
    private readonly handles: readonly WorkflowHandle<() => Promise<number>>[],
  ) {}

  static async start(client: Client, inputs: ReadonlyMap<string, BatchInput>): Promise<BatchWorkflows> {
    const start = ([workflowId, input]: [string, BatchInput]) =>
      client.workflow.start(BATCH_WORKFLOW, {
        workflowId,
        taskQueue: input.controlQueue,
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [input],
      });
    return new BatchWorkflows(client, await Promise.all([...inputs].map(start)));
  }

  /**
   * Waits for the end, also while the server is away. On the signal the end comes early, and is none to complain about; a
   * server that does not hear of it is left behind.
   */
  async untilEnded(signal: AbortSignal): Promise<WorkflowsEnd> {
    let leave: () => void = () => undefined;
    const left = new Promise<'left'>((resolve) => (leave = () => resolve('left')));
    const cancel = (): void => void this.#each((handle) => handle.cancel()).then(undefined, () => leave());
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) cancel();
    try {
      const ends = await Promise.race([Promise.all(this.handles.map((handle) => resultOf(handle, signal))), left]);
      if (ends === 'left' || signal.aborted) return { how: 'left', events: 0 };
      const events = ends.reduce<number>((sum, end) => sum + (end === 'cancelled' ? 0 : end), 0);
      return { how: ends.includes('cancelled') ? 'cancelled' : 'through', events };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** What is left of workflows whose batch is over ends too, if their server hears it. */
  async terminate(): Promise<void> {
    await this.#each((handle) => handle.terminate('the batch has ended')).catch(() => undefined);
  }

  #each(act: (handle: WorkflowHandle<() => Promise<number>>) => Promise<unknown>): Promise<unknown> {
    return this.client.withDeadline(Date.now() + CALL_MS, () => Promise.all(this.handles.map(act)));
  }
}

async function resultOf(
  handle: WorkflowHandle<() => Promise<number>>,
  signal: AbortSignal,
): Promise<number | 'cancelled'> {
  for (;;) {
    try {
      return await handle.result();
    } catch (error) {
      if (signal.aborted || wasCancelled(error)) return 'cancelled';
      if (!wentUnanswered(error)) throw error;
    }
    await sleep(TRY_AGAIN_MS);
  }
}

function wasCancelled(error: unknown): boolean {
  return error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure;
}

/** So long may a workflow stand still when it is asked. Unit: milliseconds. */
const ANSWER_MS = 3_000;

/** How far each of the batch workflows is. Those that no process runs do not answer. */
export async function askProgress(client: Client, workflowIds: readonly string[]): Promise<BatchProgress[]> {
  const ask = (id: string) => () => client.workflow.getHandle(id).query(progressQuery);
  const answers = await Promise.all(
    workflowIds.map((id) => client.withDeadline(Date.now() + ANSWER_MS, ask(id)).catch(() => undefined)),
  );
  return answers.filter((answer) => answer !== undefined);
}
