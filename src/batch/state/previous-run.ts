import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from '@temporalio/client';
import { type BatchFolder, type RecordedWorker } from './batch-folder';
import { type BatchRecord } from './batch-record';
import { reclaim, type ReclaimTargets } from './lost-worker';
import { batchWorkflowIds } from './partitions';
import { isRunning } from './process-identity';

/** Worker processes that have lost their command end by themselves, at the latest after so much. Unit: milliseconds. */
const ENDING_MS = 8_000;
const LOOK_EVERY_MS = 200;

/** Takes back what the processes of commands before this one held. Those that still run keep it until their leases end. */
export async function reclaimFromPreviousRun(
  left: readonly RecordedWorker[],
  folder: BatchFolder,
  targets: ReclaimTargets,
): Promise<void> {
  const deadline = Date.now() + ENDING_MS;
  const waiting = new Set(left);
  while (waiting.size > 0 && Date.now() < deadline) {
    for (const worker of waiting) if (!(await isRunning(worker.process))) waiting.delete(worker);
    if (waiting.size > 0) await sleep(LOOK_EVERY_MS);
  }
  const ended = left.filter((worker) => !waiting.has(worker));
  await reclaim(ended, targets, 'none');
  await Promise.allSettled(ended.map((worker) => folder.forgetWorker(worker)));
}

/** Ends the workflows of a batch that is given up for a new one. */
export async function endPreviousRun(client: Client, { id, partitions }: BatchRecord): Promise<void> {
  const end = (workflowId: string) => client.workflow.getHandle(workflowId).terminate('the batch was started over');
  await Promise.allSettled(batchWorkflowIds(id, partitions).map(end));
}
