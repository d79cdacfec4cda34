import { type Client } from '@temporalio/client';
import { type BatchInput, type IndexedItem } from '../../workflows/batch/batch-protocol';
import { BatchWorkflows, type WorkflowsEnd } from '../temporal/batch-workflows';
import { type OutputWriter } from '../files/output';

export interface WaitForResultsOptions {
  readonly client: Client;
  /** What the batch workflows start with, by their ids. */
  readonly inputs: ReadonlyMap<string, BatchInput>;
  readonly items: readonly IndexedItem[];
  readonly output: OutputWriter;
  readonly signal: AbortSignal;
}

/**
 * Runs batch workflows until the output has every item. It is the output that counts: a workflow of an earlier command
 * may count items as done that the disk has lost, or that are to be done again. Then other workflows follow it.
 */
export async function waitForResults(options: WaitForResultsOptions): Promise<WorkflowsEnd> {
  const { client, inputs, items, output, signal } = options;
  const countMissing = (): number => items.reduce((count, { id }) => (output.has(id) ? count : count + 1), 0);
  let events = 0;
  for (let missing = countMissing(), isFirst = true; ; isFirst = false) {
    const end = await runOnce(client, inputs, signal);
    events += end.events;
    const left = countMissing();
    if (end.how !== 'through' || left === 0) return { ...end, events };
    // continued workflows may have had nothing left to do; new ones had every item
    if (left >= missing && !isFirst) throw new Error(`${left} items have no result, although the batch has ended`);
    missing = left;
  }
}

async function runOnce(
  client: Client,
  inputs: ReadonlyMap<string, BatchInput>,
  signal: AbortSignal,
): Promise<WorkflowsEnd> {
  const workflows = await BatchWorkflows.start(client, inputs);
  try {
    return await workflows.untilEnded(signal);
  } finally {
    await workflows.terminate();
  }
}
