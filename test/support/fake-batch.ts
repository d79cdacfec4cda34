import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { pageOf } from '../../src/batch/state/partitions';
import {
  NOT_SERVED,
  RECALLED,
  type BatchInput,
  type ControlActivities,
  type IndexedItem,
  type ItemActivities,
  type NotServed,
  type Partition,
} from '../../src/workflows/batch/batch-protocol';

export interface FakeBatchOptions {
  readonly items: number;
  readonly latencyMs: number;
  /** What becomes of an item. @default all are answered */
  readonly fate?: (number: number) => 'answered' | 'failed' | 'recalled' | 'notServed';
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
        ...{ name, taskQueue, bound, speed: 1 },
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
        this.written += results.length;
        for (const { id } of results) {
          const number = Number(id.replace('item-', ''));
          if (number < this.items.length) this.timesWritten[number] = (this.timesWritten[number] ?? 0) + 1;
        }
      },
      recallItems: async () => undefined,
    };
  }

  get item(): ItemActivities {
    return {
      completeItem: async (_file, { offset, attemptsBefore = 0, faults }) => {
        this.startedAt.push(performance.now());
        await sleep(this.options.latencyMs);
        const fate = this.options.fate?.(offset / 100) ?? 'answered';
        if (fate === 'failed') throw ApplicationFailure.nonRetryable('no', 'RequestRejected', 1);
        if (fate === 'recalled' && attemptsBefore === 0) throw ApplicationFailure.nonRetryable('back', RECALLED, 2);
        if (fate === 'notServed' && faults === undefined) throw notServed();
        return { text: 'an answer', usage: { input_tokens: 30, output_tokens: 2 }, attempts: 1 };
      },
    };
  }
}

/** As from an account whose key is wrong. */
function notServed(): ApplicationFailure {
  const error = { type: 'RequestRejected', message: 'no' };
  const why: NotServed = { isAside: true, met: { outcome: 'failed', error } };
  return ApplicationFailure.nonRetryable('no', NOT_SERVED, 1, why);
}
