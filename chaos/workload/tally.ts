import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from '@temporalio/client';

/** What became of the items of a stream. */
export interface ItemTally {
  /** Items that the server took and that were never done. */
  readonly lost: number;
  /** Times that an item was done beyond the first. */
  readonly doubled: number;
  /** From an item's start to its end, at most. */
  readonly slowestMs: number;
}

/** Longer than anything takes to come back: when nothing has been done for so long, nothing is going to be. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 500;

/** Waits for the items of this prefix to be done, and counts them. */
export async function tallyItems(client: Client, prefix: string, started: number): Promise<ItemTally> {
  const query = `WorkflowId STARTS_WITH '${prefix}' AND ExecutionStatus = 'Completed'`;
  const countDone = async (): Promise<number> => (await client.workflow.count(query).catch(() => ({ count: 0 }))).count;
  let [most, at] = [0, performance.now()];
  while (most < started && performance.now() < at + PATIENCE_MS) {
    await sleep(LOOK_EVERY_MS);
    const now = await countDone();
    if (now > most) [most, at] = [now, performance.now()];
  }
  const times = new Map<string, number>();
  let slowestMs = 0;
  for await (const { workflowId, startTime, closeTime } of client.workflow.list({ query })) {
    times.set(workflowId, (times.get(workflowId) ?? 0) + 1);
    slowestMs = Math.max(slowestMs, (closeTime?.getTime() ?? Infinity) - startTime.getTime());
  }
  const done = [...times.values()].reduce((sum, count) => sum + count, 0);
  return { lost: started - times.size, doubled: done - times.size, slowestMs };
}
