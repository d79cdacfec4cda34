import {
  MOST_IN_FLIGHT,
  type BatchInput,
  type IndexedItem,
  type RoutedSet,
} from '../../workflows/batch/batch-protocol';
import { type BatchRecord } from '../state/batch-record';
import type { BatchConfig, BatchSet } from '../config/config';
import { batchWorkflowIds, controlQueueOf, countPartition, itemQueueOf, shareOf } from '../state/partitions';
import { mostOf } from '../config/counted-units';
import { paceOf, scarcestPermits } from './pace';
import type { LimitJSON } from '../../limiter/definition/limits';

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
  const { record, config, items, answered } = options;
  const { loadBalancing = 'RoundRobin', workerIndex = 0, failover = true } = config.pool;
  const sets = routedSets(options);
  const ids = batchWorkflowIds(record.id, record.partitions);
  return new Map(
    ids.map((id, index): [string, BatchInput] => {
      const partition = { index, count: record.partitions };
      const { items: own, done, failed } = countPartition(items, partition, answered);
      return [
        id,
        {
          controlQueue: controlQueueOf(record.id),
          file: record.input.file,
          partition,
          items: own,
          sets: sets.map((set) => ({ ...set, bound: shareOf(set.bound, partition) })),
          // each begins at a set of its own
          policy: { loadBalancing, workerIndex: workerIndex + index, failover },
          startedAt: record.startedAt,
          state: { cursor: 0, leftover: [], pool: { dispatched: 0 }, done, failed, isPaused: false, events: 0 },
        },
      ];
    }),
  );
}

/** What the batch workflows have to know of each set; neither URLs nor anything else of the config. */
function routedSets({ config, record, bounds, items }: BatchInputsOptions): RoutedSet[] {
  const units = Object.keys(config.units ?? {});
  return config.sets.map((set, i) => ({
    name: set.name,
    taskQueue: itemQueueOf(record.id, set.name),
    bound: bounds[i] ?? 1,
    ...paceOf(set.limits, items, record.partitions),
    largest: {
      inputTokens: capacityOf(set, 'input_tokens'),
      maxTokens: capacityOf(set, 'output_tokens'),
      ...(units.length > 0 && { units: capacitiesOf(set, units) }),
    },
  }));
}

/** Of those units that a set's limits count. */
function capacitiesOf(set: BatchSet, units: readonly string[]): Readonly<Record<string, number>> {
  const capacities = units.map((unit) => [unit, capacityOf(set, unit)] as const);
  return Object.fromEntries(capacities.flatMap(([unit, most]) => (most === null ? [] : [[unit, most] as const])));
}

function capacityOf({ limits }: BatchSet, unit: string): number | null {
  const most = mostOf(limits, unit);
  return most === Infinity ? null : most;
}

/** How many of a window's calls that may start at once are made ready. */
const MOST_OF_A_BURST = 64;
/** All sets together. */
const MOST_IN_ALL = 480;

/**
 * How many items are under way at each set at once, those that wait for its limits included: enough that a permit or a
 * window that becomes free finds an item that waits for it, and no more, since an item that waits at one set is not taken
 * up by another that would be free.
 *
 * Twice the permits of the scarcest resource and 4, or a whole window of calls that is let through at once, if that is more
 * and not too many; without a resource limit, what two windows let through.
 */
export function inFlightBounds(sets: readonly { readonly limits: readonly LimitJSON[] }[]): number[] {
  const wanted = sets.map(({ limits }) => {
    const scarcest = scarcestPermits(limits);
    const calls = limits.flatMap((limit) => (limit.kind === 'call' ? [limit.capacity] : []));
    if (scarcest === Infinity) return Math.max(1, Math.floor(Math.min(MOST_IN_FLIGHT, ...calls.map((n) => 2 * n))));
    const burst = Math.min(MOST_OF_A_BURST, scarcest + Math.min(...calls));
    return Math.floor(Math.min(MOST_IN_FLIGHT, Math.max(2 * scarcest + 4, calls.length === 0 ? 0 : burst)));
  });
  const total = wanted.reduce((sum, bound) => sum + bound, 0);
  const share = Math.min(1, MOST_IN_ALL / total);
  return wanted.map((bound) => Math.max(1, Math.floor(bound * share)));
}
