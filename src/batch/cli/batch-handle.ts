import { Client, type WorkflowHandle } from '@temporalio/client';
import { loadDataConverterModule } from '../config/data-converter-module';
import { type DataConverter } from '@temporalio/common';
import { readRecord } from '../state/batch-folder';
import { askProgress } from '../temporal/batch-workflows';
import { connectAt, placeOfTarget, readEnvironment } from '../temporal/target-place';
import { type BatchRecord } from '../state/batch-record';
import { findBatch, type RegisteredBatch } from '../state/batch-registry';
import { runningOwner } from '../state/owner-lock';
import { batchWorkflowIds } from '../state/partitions';
import { TargetError, UsageError } from '../errors/errors';

/** Longer than a server takes that is there. Unit: milliseconds. */
const CALL_MS = 5_000;

/** A batch as seen by a command that did not start it. */
export interface BatchHandle {
  readonly id: string;
  /** What this machine knows of it, if it was begun here. */
  readonly here: (RegisteredBatch & { readonly record: BatchRecord; readonly pid: number | undefined }) | undefined;
  readonly client: Client;
  /** One for each partition. */
  readonly workflows: readonly WorkflowHandle[];
}

/**
 * Finds a batch and talks to its Temporal.
 *
 * @param address of a Temporal server, where this machine does not know the batch. @default TEMPORAL_ADDRESS
 * @throws {UsageError} if neither this machine nor that Temporal server knows the batch
 * @throws {TargetError} if its Temporal does not answer, or the environment's settings cannot be used
 */
export async function withBatch<T>(
  id: string,
  address: string | undefined,
  act: (batch: BatchHandle) => Promise<T>,
): Promise<T> {
  const here = await lookHere(id);
  const target = address || (here?.record.target.address ?? readEnvironment().connectionOptions.address);
  if (target === undefined) {
    throw new UsageError(
      `batch ${id} is unknown here: it is finished, or was started elsewhere; pass --address or set TEMPORAL_ADDRESS`,
    );
  }
  const dataConverter = await dataConverterOf(here);
  const place = placeOfTarget({ ...here?.record.target, address: target });
  const isStopped = here !== undefined && here.pid === undefined;
  const connection = await connectAt(place, (where) => new TargetError(away(id, where, isStopped)));
  const { namespace } = place;
  const client = new Client({ connection, namespace, ...(dataConverter !== undefined && { dataConverter }) });
  try {
    const partitions = here?.record.partitions ?? (await askPartitions(client, id));
    const workflows = batchWorkflowIds(id, partitions).map((workflowId) => client.workflow.getHandle(workflowId));
    return await client.withDeadline(Date.now() + CALL_MS, () => act({ id, here, client, workflows }));
  } finally {
    await connection.close();
  }
}

async function lookHere(id: string): Promise<BatchHandle['here']> {
  const found = await findBatch(id);
  const record = found === undefined ? undefined : await readRecord(found.folder);
  if (found === undefined || record?.id !== id) return undefined;
  return { ...found, record, pid: (await runningOwner(found.folder))?.pid };
}

/** @throws {UsageError} if the module with which the batch was begun is not what it was */
async function dataConverterOf(here: BatchHandle['here']): Promise<DataConverter | undefined> {
  const module = here?.record.dataConverter;
  if (module === undefined) return undefined;
  return loadDataConverterModule(module).catch((error: unknown) => {
    throw new UsageError(`the data converter of batch ${here?.id} must be ${(error as Error).message}`);
  });
}

async function askPartitions(client: Client, id: string): Promise<number> {
  const [first] = await askProgress(client, batchWorkflowIds(id, 1));
  if (first !== undefined) return first.partition.count;
  throw new UsageError(`batch ${id} is unknown here, and no batch with this id runs on this Temporal server`);
}

function away(id: string, where: string, isStopped: boolean): string {
  const why = isStopped ? ': nothing runs this batch now; run the command that started it to continue it' : '';
  return `Temporal of batch ${id} does not answer${where}${why}`;
}
