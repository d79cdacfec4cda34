import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from '@temporalio/client';
import { type BatchFolder } from './batch-folder';
import { type BatchRecord } from './batch-record';
import { takeBack } from './lost-worker';
import { batchWorkflowIds } from './partitions';

/** Worker processes that have lost their command end by themselves, at the latest after so much. Unit: milliseconds. */
const ENDING_MS = 8_000;
const LOOK_EVERY_MS = 200;

/** Takes back what the processes of commands before this one held. Those that still run keep it until their leases end. */
export async function takeBackFormer(
  folder: BatchFolder,
  client: Client,
  { id, partitions, sets }: BatchRecord,
): Promise<void> {
  const deadline = Date.now() + ENDING_MS;
  const former = await folder.formerWorkers(async () => {
    await sleep(LOOK_EVERY_MS);
    return Date.now() < deadline;
  });
  const limitSets = sets.map(({ name }) => name);
  await takeBack(former, { client, workflowIds: batchWorkflowIds(id, partitions), limitSets });
  await Promise.all(former.map((worker) => folder.forgetWorker(worker)));
}

/** Ends the workflows of a batch that is given up for a new one. */
export async function endFormer(client: Client, { id, partitions }: BatchRecord): Promise<void> {
  const end = (workflowId: string) => client.workflow.getHandle(workflowId).terminate('the batch was begun anew');
  await Promise.allSettled(batchWorkflowIds(id, partitions).map(end));
}
