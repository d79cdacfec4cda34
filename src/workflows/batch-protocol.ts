import { defineQuery } from '@temporalio/workflow';
import { type PoolPolicy, type PoolState } from '../limiter/pool';
import { type ItemResult, type ItemUsage } from './item-result';

/** The type under which the batch workflow is registered. */
export const BATCH_WORKFLOW = 'batchWorkflow';

/** How often an item is tried before it is given up. */
export const MAX_ATTEMPTS = 8;

/** The type of failure of an item that was given back before it was started. */
export const RECALLED = 'Recalled';

/** How long a worker may be silent before its items go to another. */
export const HEARTBEAT_SECONDS = 10;

/** An item without its prompt, which stays in the file until its turn comes. */
export interface IndexedItem {
  readonly id: string;
  /** Where the item's line begins in the file. Unit: bytes. */
  readonly offset: number;
  /** How long the line is. Unit: bytes. */
  readonly length: number;
  readonly maxTokens: number;
  /** The prompt's tokens with the chat format around them, for whichever of the models counts most. */
  readonly inputTokens: number;
  /** Attempts at sets that have given it back since. @default 0 */
  readonly attemptsBefore?: number;
}

/** One limit set as the batch workflow sees it. */
export interface RoutedSet {
  readonly name: string;
  readonly taskQueue: string;
  /** The most items under way at this set at once, those that wait for its limits included. */
  readonly bound: number;
  /** Items that its limits let through over time, in proportion to the other sets'. Unit: items per second. */
  readonly speed: number;
  /** The largest item that its limits ever let through; null is any. */
  readonly largest: { readonly inputTokens: number | null; readonly maxTokens: number | null };
}

/** What a batch workflow starts with. */
export interface BatchInput {
  /** Serves the activities of {@link ControlActivities}. */
  readonly controlQueue: string;
  /** The input file, by its path on the workers' machine. */
  readonly file: string;
  readonly sets: readonly RoutedSet[];
  readonly policy: PoolPolicy;
  /** What the run before this one has left. */
  readonly state?: BatchState;
}

/** What a batch workflow hands to its next run; nothing is under way then. */
interface BatchState {
  /** Number of the first item that has not been taken. */
  readonly cursor: number;
  /** Items that have been taken, but not started. */
  readonly leftover: readonly IndexedItem[];
  readonly pool: PoolState;
  /** Items that are through. */
  readonly done: number;
}

/** Some items of the input, in its order. */
interface Page {
  readonly items: readonly IndexedItem[];
  /** Whether there are no items behind them. */
  readonly isLast: boolean;
}

/** Served by the process that reads the input and writes the output. */
export interface ControlActivities {
  readPage(cursor: number): Promise<Page>;
  /** Idempotent: a second result of the same item is dropped. */
  writeResults(results: readonly ItemResult[]): Promise<void>;
  /** Has the items that still wait for their set's limits fail as {@link RECALLED}. Others are left alone. */
  recallItems(ids: readonly string[]): Promise<void>;
}

/** What comes back for an item that was answered. */
export interface Completion {
  readonly text: string;
  readonly usage: ItemUsage;
  readonly attempts: number;
}

/** Served on each set's own task queue. */
export interface ItemActivities {
  completeItem(file: string, item: IndexedItem): Promise<Completion>;
}

/** How far a batch is. */
export interface BatchProgress {
  /** Items that have been taken from the input. */
  readonly taken: number;
  /** Items that are through, the failed ones included. */
  readonly done: number;
  /** Items under way, by set. */
  readonly underWay: Readonly<Record<string, number>>;
}

/** How far the batch is. */
export const progressQuery = defineQuery<BatchProgress>('batch.progress');
