import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { pageOf } from '../../src/batch/state/partitions';
import {
  type BatchInput,
  type ControlActivities,
  type IndexedItem,
  type ItemActivities,
  type ItemOutcome,
  type NotServed,
  type Partition,
} from '../../src/workflows/batch/batch-protocol';

export interface FakeBatchOptions {
  readonly items: number;
  readonly latencyMs: number;
  /** What becomes of an item. @default all are answered */
  readonly fate?: (number: number) => 'answered' | 'failed' | 'recalled' | 'notServed' | 'lost';
}

/** A batch's activities without files, limits or a provider. */
export class FakeBatch {
  readonly items: readonly IndexedItem[];
  /** Results so far. They themselves are not kept: a long batch is to show what grows in the workflow, not here. */
  written = 0;
  /** How often each item's result came. */
  readonly timesWritten: Uint8Array;
  /** When each item was started. Unit: milliseconds. */
  readonly startedAt: number[] = [];

  constructor(private readonly options: FakeBatchOptions) {
    this.items = Array.from({ length: options.items }, (_, i) => ({
      ...{ id: `item-${i}`, offset: i * 100, length: 100 },
      ...{ maxTokens: 20, inputTokens: 30 },
    }));
    this.timesWritten = new Uint8Array(options.items);
  }

  /** What the batch workflow of a partition starts with. */
  input(controlQueue: string, taskQueue: string, bound: number, partition: Partition): BatchInput {
    return {
      ...{ controlQueue, partition, file: '/in.jsonl', items: this.items.length, startedAt: Date.now() },
      sets: ['one', 'two'].map((name) => ({
        ...{ name, taskQueue, bound, speed: (bound * 1_000) / this.options.latencyMs },
        largest: { inputTokens: null, maxTokens: null },
      })),
      policy: { loadBalancing: 'RoundRobin', workerIndex: 0, failover: true },
      state: {
        ...{ cursor: 0, leftover: [], pool: { dispatched: 0 } },
        ...{ done: 0, failed: 0, isPaused: false, events: 0 },
      },
    };
  }

  get control(): ControlActivities {
    return {
      readPage: async (cursor, partition) => pageOf(this.items, cursor, partition, () => true),
      writeResults: async (results) => {
        for (const { id } of results) this.#write(id);
      },
      findResults: async (ids) => ids.map(() => null),
      recallItems: async () => undefined,
    };
  }

  get item(): ItemActivities {
    return {
      completeItems: async (_file, items) => {
        for (const _ of items) this.startedAt.push(performance.now());
        await sleep(this.options.latencyMs);
        // one that takes its worker with it, the first time
        if (items.some((item) => this.#fateOf(item) === 'lost' && item.lost === undefined))
          throw ApplicationFailure.nonRetryable('its worker ended', 'WorkerLost');
        return items.map((item) => this.#end(item));
      },
    };
  }

  #fateOf({ offset }: IndexedItem) {
    return this.options.fate?.(offset / 100) ?? 'answered';
  }

  #end(item: IndexedItem): ItemOutcome {
    const { id, attemptsBefore = 0, faults } = item;
    const fate = this.#fateOf(item);
    if (fate === 'recalled' && attemptsBefore === 0) return { attempts: 1 };
    if (fate === 'notServed' && faults === undefined) return { attempts: 1, notServed: WRONG_KEY };
    this.#write(id);
    return fate !== 'failed';
  }

  #write(id: string): void {
    this.written += 1;
    const number = Number(id.replace('item-', ''));
    if (number < this.items.length) this.timesWritten[number] = (this.timesWritten[number] ?? 0) + 1;
  }
}

/** As from an account whose key is wrong. */
const WRONG_KEY: NotServed = {
  isAside: true,
  met: { outcome: 'failed', error: { type: 'RequestRejected', message: 'no' } },
};
