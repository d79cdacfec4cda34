import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { BatchFeed } from './batch-feed';
import {
  HEARTBEAT_SECONDS,
  MAX_ATTEMPTS,
  progressQuery,
  type BatchInput,
  type ControlActivities,
  type IndexedItem,
  type ItemActivities,
  type RoutedSet,
} from './batch-protocol';
import { BatchResults } from './batch-results';
import { BatchRouter } from './batch-router';
import { type ItemFailed } from './item-result';

/**
 * A run ends after so much. The server suggests it earlier, at 4,096 events, but before each new run the sets run dry;
 * it stops a workflow at 51,200 events or 50 MiB.
 */
const MAX_EVENTS = 20_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** Sends every item of an input through the limit sets, and has every result written, until the end or cancellation. */
export async function batchWorkflow(input: BatchInput): Promise<void> {
  const { controlQueue, file, sets, policy, state } = input;
  const control = proxyActivities<ControlActivities>({ taskQueue: controlQueue, startToCloseTimeout: '1m' });
  const feed = new BatchFeed(control.readPage, state?.cursor ?? 0);
  const results = new BatchResults(control.writeResults, state?.done ?? 0);
  const router = new BatchRouter(sets, policy, { dispatched: 0, ...state?.pool }, doItem, Math.random);
  let ended = false;

  setHandler(progressQuery, () => ({ taken: feed.cursor, done: results.count, underWay: router.underWay }));

  async function doItem(item: IndexedItem, set: RoutedSet): Promise<void> {
    const { completeItem } = proxyActivities<ItemActivities>({
      taskQueue: set.taskQueue,
      // waiting for the limits counts
      startToCloseTimeout: '24h',
      heartbeatTimeout: `${HEARTBEAT_SECONDS}s`,
      cancellationType: ActivityCancellationType.TRY_CANCEL,
      retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: MAX_ATTEMPTS },
    });
    const { id } = item;
    try {
      results.add({ id, ok: true, set: set.name, ...(await completeItem(file, item)) });
    } catch (error) {
      if (!isCancellation(error)) results.add({ id, ok: false, set: set.name, ...describe(error) });
    }
  }

  try {
    while (!ended && !isLong()) {
      const item = await feed.next();
      ended = item === undefined;
      if (item !== undefined && !router.route(item)) results.add(tooLarge(item, sets));
      await condition(() => router.hasRoom || results.failure !== undefined);
      if (results.failure !== undefined) throw results.failure;
    }
    await condition(() => router.isIdle || results.failure !== undefined);
  } finally {
    router.dropHeld();
    await results.written();
  }
  if (results.failure !== undefined) throw results.failure;
  if (ended) return;
  await continueAsNew<typeof batchWorkflow>({
    ...input,
    state: { cursor: feed.cursor, pool: router.state, done: results.count },
  });
}

function isLong(): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength > MAX_EVENTS || historySize > MAX_BYTES;
}

/** Why an item was given up, and after how many attempts: the activity tells, unless its worker died. */
function describe(error: unknown): Pick<ItemFailed, 'error' | 'attempts'> {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const [attempts] = cause.details ?? [];
    return {
      error: { type: cause.type ?? 'Error', message: cause.message },
      attempts: typeof attempts === 'number' ? attempts : 1,
    };
  }
  return { error: { type: 'WorkerLost', message: 'its worker ended or hung each time' }, attempts: MAX_ATTEMPTS };
}

function tooLarge({ id, inputTokens, maxTokens }: IndexedItem, sets: readonly RoutedSet[]): ItemFailed {
  const message = `needs ${inputTokens} input tokens and ${maxTokens} output tokens, more than a window of any set lets through`;
  return {
    id,
    ok: false,
    set: sets[0]?.name ?? '',
    error: { type: 'RequestExceedsCapacityError', message },
    attempts: 0,
  };
}
