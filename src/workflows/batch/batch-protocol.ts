import { defineQuery, defineSignal } from '@temporalio/workflow';
import { type PoolPolicy, type PoolState } from '../../limiter/pool/pool';
import { type ItemFailed, type ItemResult, type ItemUsage } from './item-result';

/** The type under which the batch workflow is registered. */
export const BATCH_WORKFLOW = 'batchWorkflow';

/** Items at once at a set without any limit, and the most at any. */
export const MOST_IN_FLIGHT = 200;

/** How often an item is tried before it is given up. */
export const MAX_ATTEMPTS = 8;

/** The type of failure of items that are given back as they are: asked back, or because all that served them has ended. */
export const RECALLED = 'Recalled';

/** The type of failure of a result that could not be written. */
export const OUTPUT_ERROR = 'OutputError';

/** Why a set does not serve an item. */
export interface NotServed {
  /** Whether the set serves no item at present. */
  readonly isAside: boolean;
  /** What the provider did, unless it was not asked: it failed, as the account does, or it refused to do so much. */
  readonly met?: { readonly outcome: 'failed' | 'throttled'; readonly error: ItemFailed['error'] };
}

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
  /** The prompt's tokens with the chat format around them, for whichever of the models counts most; 0 if no limit counts them. */
  readonly inputTokens: number;
  /** What it requests of the config's other units. @default nothing */
  readonly units?: Readonly<Record<string, number>>;
  /** Attempts at sets that have given it back since. @default 0 */
  readonly attemptsBefore?: number;
  /** How often its worker ended or hung while it was under way. It is done alone then. @default 0 */
  readonly lost?: number;
  /** That it is to be tried again at its set. It is done alone then: the others of a group do not wait for it. */
  readonly retry?: {
    /** Attempts there. */
    readonly attempts: number;
    /** How long to wait before the next. Unit: milliseconds. */
    readonly waitMs: number;
  };
  /** The sets whose accounts have failed it, and when each did last. Unit: milliseconds since the epoch. @default none */
  readonly faults?: Readonly<Record<string, number>>;
}

/** A group is what a set does in about so long. Unit: seconds. */
export const GROUP_SECONDS = 2;

/** What a limit lets through. */
export interface PacedWindow {
  /** Items that may be started in it. A part of one where partitions share the set. */
  readonly items: number;
  readonly seconds: number;
  /** Whether they may be started at once, and none after them until it is over; else evenly, or as permits come back. */
  readonly isBurst: boolean;
}

/** One limit set as the batch workflow sees it. */
export interface RoutedSet {
  readonly name: string;
  readonly taskQueue: string;
  /** The most items under way at this set at once, those that wait for its limits included. */
  readonly bound: number;
  /** Items that its limits let through over time, in proportion to the other sets'. Unit: items per second. */
  readonly speed: number;
  /**
   * The windows of its limits. What a set has left is compared with others by these. @default none are known: by `speed`, as
   * batches did that were begun before there were any
   */
  readonly windows?: readonly PacedWindow[];
  /** The largest item that its limits ever let through; null is any. */
  readonly largest: {
    readonly inputTokens: number | null;
    readonly maxTokens: number | null;
    /** Of those units that its limits count. @default none */
    readonly units?: Readonly<Record<string, number>>;
  };
}

/** What an item requests, by unit. */
export function requestedBy({ inputTokens, maxTokens, units }: IndexedItem): ItemUsage {
  return { ...units, input_tokens: inputTokens, output_tokens: maxTokens };
}

/** Which part of an input a batch workflow does: every item whose number leaves this remainder. */
export interface Partition {
  /** From 0. */
  readonly index: number;
  /** Parts in all. */
  readonly count: number;
}

/** What a batch workflow starts with. */
export interface BatchInput {
  /** Serves the activities of {@link ControlActivities}. */
  readonly controlQueue: string;
  /** The input file, by its path on the workers' machine. */
  readonly file: string;
  readonly partition: Partition;
  /** Items of its partition, those that were through before included. */
  readonly items: number;
  readonly sets: readonly RoutedSet[];
  readonly policy: PoolPolicy;
  /** When the batch began. Unit: milliseconds since the epoch. */
  readonly startedAt: number;
  /** After how many events of history a run ends and continues as new. Unit: events. @default 20000 */
  readonly maxEvents?: number;
  readonly state: BatchState;
}

/** What a batch workflow hands to its next run; nothing is under way then. */
export interface BatchState {
  /** Number of the first item that has not been read. */
  readonly cursor: number;
  /** Items that have been read, but not started. */
  readonly leftover: readonly IndexedItem[];
  readonly pool: PoolState;
  /** Items that are through, the failed ones included. */
  readonly done: number;
  readonly failed: number;
  readonly isPaused: boolean;
  /** History events of the runs before. */
  readonly events: number;
}

/** Some items of the input, in its order. */
export interface Page {
  readonly items: readonly IndexedItem[];
  /** Number of the first item behind them. */
  readonly next: number;
  /** Whether there are no items behind them. */
  readonly isLast: boolean;
}

/** Served by the process that reads the input and writes the output. */
export interface ControlActivities {
  /** The items from a number on that the output lacks. */
  readPage(cursor: number, partition: Partition): Promise<Page>;
  /** Idempotent: a second result of the same item is dropped. */
  writeResults(results: readonly ItemResult[]): Promise<void>;
  /** Has the items given back that still wait for their set's limits. Others are left alone. */
  recallItems(ids: readonly string[]): Promise<void>;
  /** Whether each of the items was answered; null if the output has no result of it. */
  findResults(ids: readonly string[]): Promise<readonly (boolean | null)[]>;
}

/** An item that was given back: it was asked back, its set does not serve it, or it is to be tried again there, alone. */
interface GivenBack {
  /** Attempts at the set. */
  readonly attempts: number;
  readonly notServed?: NotServed;
  /** How long to wait before it is tried again. Unit: milliseconds. */
  readonly retryMs?: number;
}

/** The outcome of an item at a set: whether it was answered, if its result is in the output. */
export type ItemOutcome = boolean | GivenBack;

/** Served on each set's own task queue. */
export interface ItemActivities {
  /**
   * Does items side by side, each within the set's limits. A result is in the output as soon as it is there. Says what
   * became of each item, in their order.
   *
   * @param isProbe Whether it is to find out if the set's provider serves: it waits until it may, and is tried once.
   */
  completeItems(file: string, items: readonly IndexedItem[], isProbe: boolean): Promise<readonly ItemOutcome[]>;
}

/** How far a batch is, or a partition of it. */
export interface BatchProgress {
  readonly partition: Partition;
  readonly items: number;
  /** Items that are through, the failed ones included. */
  readonly done: number;
  readonly failed: number;
  /** Items under way, by set. */
  readonly underWay: Readonly<Record<string, number>>;
  readonly isPaused: boolean;
  /** When the batch began. Unit: milliseconds since the epoch. */
  readonly startedAt: number;
  /** History events of all its runs. */
  readonly events: number;
}

export const progressQuery = defineQuery<BatchProgress>('batch.progress');
/** Nothing more is started; what is at a provider is finished. */
export const pauseSignal = defineSignal('batch.pause');
export const resumeSignal = defineSignal('batch.resume');
/** The first item of a set has been at its provider for a while, and was not refused. */
export const slowProbeSignal = defineSignal<[set: string]>('batch.slowProbe');
