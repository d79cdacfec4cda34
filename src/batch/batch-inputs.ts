import { type BatchInput, type IndexedItem } from '../workflows/batch-protocol';
import { type BatchRecord } from './batch-record';
import { type BatchConfig } from './config';
import { batchWorkflowIds, controlQueueOf, countPartition, shareOf } from './partitions';
import { routedSets } from './routed-sets';

export interface BatchInputsOptions {
  readonly record: BatchRecord;
  readonly config: BatchConfig;
  readonly items: readonly IndexedItem[];
  /** The most items under way at each set, in the config's order. */
  readonly bounds: readonly number[];
  /** Whether each item that the output holds was answered, by its id. */
  readonly answered: ReadonlyMap<string, boolean>;
}

/** What each batch workflow starts with, by its id: the partitions share the sets' bounds. */
export function batchInputs(options: BatchInputsOptions): ReadonlyMap<string, BatchInput> {
  const { record, config, items, bounds, answered } = options;
  const { loadBalancing = 'RoundRobin', workerIndex = 0, failover = true } = config.pool;
  const ids = batchWorkflowIds(record.id, record.partitions);
  return new Map(
    ids.map((id, index): [string, BatchInput] => {
      const partition = { index, count: record.partitions };
      const { items: own, done, failed } = countPartition(items, partition, answered);
      const shares = bounds.map((bound) => shareOf(bound, partition));
      return [
        id,
        {
          controlQueue: controlQueueOf(record.id),
          file: record.input.file,
          partition,
          items: own,
          sets: routedSets(config.sets, shares, items),
          // each begins at a set of its own
          policy: { loadBalancing, workerIndex: workerIndex + index, failover },
          startedAt: record.startedAt,
          state: { cursor: 0, leftover: [], pool: { dispatched: 0 }, done, failed, isPaused: false, events: 0 },
        },
      ];
    }),
  );
}
