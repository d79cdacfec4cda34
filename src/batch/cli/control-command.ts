import { type WorkflowHandle } from '@temporalio/client';
import { pauseSignal, resumeSignal } from '../../workflows/batch/batch-protocol';
import { type BatchHandle, withBatch } from './batch-handle';
import { askProgress } from '../temporal/batch-workflows';
import { statusText } from '../report/batch-status';
import { queryLimiters } from '../temporal/limiter-stats';

/** Does something with a batch, and resolves with the outcome as text. */
type Act = (batch: BatchHandle) => Promise<string>;

/** What can be done with a batch that runs, by the names of the commands. */
const ACTS = {
  status,
  pause: (batch) => tellAll(batch, (handle) => handle.signal(pauseSignal), 'is paused'),
  resume: (batch) => tellAll(batch, (handle) => handle.signal(resumeSignal), 'continues'),
  cancel,
} satisfies Readonly<Record<string, Act>>;

/** Does one of these with a batch, found as {@link withBatch} says. Resolves with the outcome as text. */
export function controlBatch(name: keyof typeof ACTS, id: string, address: string | undefined): Promise<string> {
  return withBatch(id, address, ACTS[name]);
}

async function status(batch: BatchHandle): Promise<string> {
  const { id, here, client, workflows } = batch;
  const progress = await askProgress(
    client,
    workflows.map(({ workflowId }) => workflowId),
  );
  const sets = [...new Set(progress.flatMap(({ underWay }) => Object.keys(underWay)))];
  const limiters = await queryLimiters(client, sets);
  return statusText({ id, output: here?.output, pid: here?.pid, progress, limiters, now: Date.now() });
}

async function tellAll(
  { id, workflows }: BatchHandle,
  tell: (handle: WorkflowHandle) => Promise<unknown>,
  outcome: string,
): Promise<string> {
  const told = await Promise.allSettled(workflows.map(tell));
  // a partition that is through has nothing to hear
  const [failure] = told.filter((each) => each.status === 'rejected');
  if (failure !== undefined && told.every((each) => each.status === 'rejected')) throw failure.reason;
  return `batch ${id} ${outcome}\n`;
}

/** A batch that no process runs cannot end in order: its workflows are terminated. */
async function cancel(batch: BatchHandle): Promise<string> {
  const isLeft = batch.here !== undefined && batch.here.pid === undefined;
  const end = (handle: WorkflowHandle) => (isLeft ? handle.terminate('cancelled') : handle.cancel());
  return tellAll(batch, end, isLeft ? 'has ended' : 'ends');
}
