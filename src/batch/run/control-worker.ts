import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { shareHost } from '../../activities/plugin/hosts';
import { withLegiblePayloads } from '../../activities/plugin/data-converter';
import { UNINTERRUPTED } from '../../activities/plugin/uninterrupted';
import { OUTPUT_ERROR, type ControlActivities, type IndexedItem } from '../../workflows/batch/batch-protocol';
import { type ItemResult } from '../../workflows/batch/item-result';
import { type OutputWriter } from '../files/output';
import { OutputError } from '../errors/errors';
import { pageOf } from '../state/partitions';
import { type TemporalConnections } from '../temporal/connect-temporal';

/** What ends later ends with the process. Unit: milliseconds. */
const STOP_MS = 3_000;

export interface ControlOptions {
  readonly connections: TemporalConnections;
  readonly controlQueue: string;
  /** As what it polls. */
  readonly identity: string;
  readonly code: WorkflowBundle;
  readonly items: readonly IndexedItem[];
  readonly output: OutputWriter;
  readonly write: (result: ItemResult) => Promise<void>;
  /** Reaches whichever worker process has the items. */
  readonly recall: (ids: readonly string[]) => void;
}

interface ControlWorker {
  /** Rejects if it ends by itself: nobody would serve the batch any more. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Runs what there is one of: the batch workflow, its input and output, and the limiters. The limiters are not left to the
 * worker processes: with one that is killed they would stand still until the server notices.
 */
export async function startControlWorker(options: ControlOptions): Promise<ControlWorker> {
  const { native, namespace, dataConverter } = options.connections;
  const creating = Worker.create({
    connection: native,
    namespace,
    identity: options.identity,
    taskQueue: options.controlQueue,
    // so long does a batch stand still whose command was killed, before this one takes it over
    stickyQueueScheduleToStartTimeout: '1s',
    ...UNINTERRUPTED,
    workflowBundle: options.code,
    dataConverter: withLegiblePayloads(dataConverter),
    activities: controlActivities(options),
  });
  const sharing = shareHost({
    connection: native,
    namespace,
    dataConverter,
    hostLimiter: true,
    limiterBundle: options.code,
  });
  const [worker, host] = await Promise.all([creating, sharing]);
  const running = worker.run();
  const ended = running.catch(() => undefined);
  const failed = running.then(() => new Promise<never>(() => undefined));
  failed.catch(() => undefined); // Told to who listens.
  return {
    failed,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      // without its server a worker does not end
      await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
      await Promise.race([host.stop(), sleep(STOP_MS, undefined, { ref: false })]);
    },
  };
}

function controlActivities({ items, output, write, recall }: ControlOptions): ControlActivities {
  return {
    async readPage(cursor, partition) {
      return pageOf(items, cursor, partition, ({ id }) => !output.has(id));
    },
    async writeResults(results) {
      try {
        for (const result of results) await write(result);
      } catch (error) {
        if (!(error instanceof OutputError)) throw error;
        throw ApplicationFailure.nonRetryable(error.message, OUTPUT_ERROR);
      }
    },
    async findResults(ids) {
      return ids.map((id) => (output.has(id) ? output.isOk(id) : null));
    },
    async recallItems(ids) {
      recall(ids);
    },
  };
}
