import { type BatchConfig } from '../config/config';
import { TargetError } from '../errors/errors';
import { watchDiskSpace } from '../files/disk-space';
import { type BatchFolder } from '../state/batch-folder';
import { type BatchRecord } from '../state/batch-record';
import { portOf, startOwnServer } from '../temporal/own-server';
import { targetOf, type TemporalTarget } from '../temporal/temporal-target';

/** The Temporal server that a batch runs on. */
export interface BatchServer {
  readonly target: TemporalTarget;
  /** Whether it is the batch's own. */
  readonly isOwn: boolean;
  /** Rejects when it cannot go on. Never resolves. */
  readonly gone: Promise<never>;
  /** Ends it, if it is its own. */
  stop(): Promise<void>;
}

/**
 * The server that the config or the environment names, else one of the batch's own.
 *
 * @param record The batch to continue. @default a new one
 * @throws {TargetError} if that batch has another server
 * @throws {OutputError} if the disk has no room for what its own server keeps
 */
export async function serverOf(
  config: BatchConfig,
  folder: BatchFolder,
  record: BatchRecord | undefined,
): Promise<BatchServer> {
  const named = targetOf(config);
  const isOwn = named === undefined;
  if (record !== undefined && record.target.isOwn !== isOwn) {
    throw new TargetError(
      `batch ${record.id} has ${record.target.isOwn ? 'its own Temporal server' : 'another Temporal server'}, ` +
        'which knows what it has used of the limits: set `temporal` in the config and TEMPORAL_ADDRESS as before',
    );
  }
  if (!isOwn && record !== undefined) await refuseOther(record, named);
  if (!isOwn) return { target: named, isOwn, gone: new Promise(() => undefined), stop: async () => undefined };
  const room = await watchDiskSpace(folder.path);
  const { address } = record?.target ?? {};
  try {
    const { namespace, ...server } = await startOwnServer({
      database: folder.database,
      ...(address !== undefined && { port: portOf({ address }) }),
    });
    const stop = async (): Promise<void> => {
      room.stop();
      await server.stop();
    };
    return { target: { address: server.address, namespace }, isOwn, gone: room.gone, stop };
  } catch (error) {
    room.stop();
    throw error;
  }
}

/** @throws {TargetError} unless the batch is continued where its limiters and its workflows are */
async function refuseOther({ id, target }: BatchRecord, named: TemporalTarget): Promise<void> {
  // loaded here alone: a server of the batch's own starts before what else is to be loaded
  const { placeOfTarget } = await import('../temporal/target-place.js');
  const { address, namespace } = placeOfTarget(named);
  const { address: before = address, namespace: formerly = namespace } = target;
  if (address === before && namespace === formerly) return;
  throw new TargetError(
    `batch ${id} runs at ${before}, namespace ${JSON.stringify(formerly)}, not at ${address}, namespace ` +
      `${JSON.stringify(namespace)}: what it has used of the limits is known there. Set the server as before`,
  );
}
