import { Command } from 'commander';
import { type WorkflowHandle } from '@temporalio/client';
import { pauseSignal, resumeSignal } from '../../workflows/batch/batch-protocol';
import { type BatchHandle, withBatch } from './batch-handle';
import { askProgress } from '../temporal/batch-workflows';
import { statusText } from '../report/batch-status';
import { EXIT, exitCodeOf, reasonOf } from '../errors/exit-code';
import { queryLimiters } from '../temporal/limiter-stats';

/** Does something with a batch, and prints the outcome. */
type Act = (batch: BatchHandle) => Promise<string>;

/** The commands for a batch that runs. Each passes its exit code to `exit`. */
export function controlOptions(exit: (code: number) => void): Command[] {
  const command = (name: string, description: string, act: Act): Command =>
    new Command(name)
      .description(description)
      .argument('<id>', 'the id of the batch, which its command prints')
      .option(
        '--address <host:port>',
        'its Temporal server, if it was not started on this machine (default: TEMPORAL_ADDRESS)',
      )
      .exitOverride()
      .action(async (id: string, { address }: { address?: string }) => {
        try {
          process.stdout.write(await withBatch(id, address, act));
          exit(EXIT.ok);
        } catch (error) {
          process.stderr.write(`${reasonOf(error)}\n`);
          exit(exitCodeOf(error));
        }
      });
  return [
    command('status', 'show the progress of a batch: items, failures, sets, use of the limits', status),
    command('pause', 'start no more items until `resume`; calls in flight finish', (batch) =>
      tellAll(batch, (handle) => handle.signal(pauseSignal), 'is paused'),
    ),
    command('resume', 'continue a paused batch', (batch) =>
      tellAll(batch, (handle) => handle.signal(resumeSignal), 'continues'),
    ),
    command('cancel', 'stop a batch and keep its results; its command can continue it later', cancel),
  ];
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
