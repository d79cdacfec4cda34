import { type ApiKeys } from '../config/api-keys';
import { type BatchConfig } from '../config/config';
import { type ItemResult } from '../../workflows/batch/item-result';
import { type BatchFolder } from '../state/batch-folder';
import { type BatchRecord } from '../state/batch-record';
import { reclaim, type ReclaimTargets } from '../state/lost-worker';
import { controlQueueOf } from '../state/partitions';
import { type TemporalTarget } from '../temporal/temporal-target';
import { type FleetOrders } from '../worker/worker-slot';

interface FleetOrdersOptions {
  readonly config: BatchConfig;
  readonly apiKeys: ApiKeys;
  readonly folder: BatchFolder;
  readonly record: BatchRecord;
  readonly target: TemporalTarget;
  /** The most items under way at each set, in the record's order. */
  readonly bounds: readonly number[];
  /** Where a process that dies has left something. */
  readonly reclaimTargets: ReclaimTargets;
  /** Writes a result to the output. */
  readonly write: (result: ItemResult) => Promise<void>;
}

/**
 * What the worker processes of a batch serve. Its folder records each of them: if this command is killed, the next one
 * takes back what they held.
 */
export function fleetOrders(options: FleetOrdersOptions): FleetOrders {
  const { config, apiKeys, folder, record, target, reclaimTargets, write } = options;
  const bounds = Object.fromEntries(record.sets.map(({ name }, i) => [name, options.bounds[i] ?? 1]));
  return {
    start: {
      batch: record.id,
      config,
      apiKeys: apiKeys.reveal(),
      dataConverter: record.dataConverter,
      target,
      bounds,
    },
    watch: {
      identityPrefix: controlQueueOf(record.id),
      noted: (pid, worker) => void folder.noteWorker(pid, worker).catch(() => undefined),
      ended: (worker, wasLost) => {
        void folder.forgetWorker(worker).catch(() => undefined);
        if (wasLost) void reclaim([worker], reclaimTargets, 'attempt');
      },
      write,
    },
  };
}
