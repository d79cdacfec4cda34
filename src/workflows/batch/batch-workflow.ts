import { condition, continueAsNew, proxyActivities, workflowInfo, setHandler } from '@temporalio/workflow';
import { BatchFeed } from './batch-feed';
import { BatchItems } from './batch-items';
import {
  type BatchInput,
  type BatchState,
  type ControlActivities,
  type IndexedItem,
  type RoutedSet,
  pauseSignal,
  progressQuery,
  resumeSignal,
  slowProbeSignal,
} from './batch-protocol';
import { BatchResults } from './batch-results';
import { BatchRouter } from './batch-router';
import { type ItemFailed } from './item-result';

/**
 * A run ends after so much. The server suggests it earlier, at 4,096 events, but each new run makes the sets wait a little;
 * it stops a workflow at 51,200 events or 50 MiB.
 */
const MAX_EVENTS = 20_000;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Sends the items of an input through the limit sets, and has every result written, until the end or cancellation.
 * Returns the number of history events that it took.
 */
export async function batchWorkflow(input: BatchInput): Promise<number> {
  const { controlQueue, partition, sets, policy, state, maxEvents = MAX_EVENTS } = input;
  const control = proxyActivities<ControlActivities>({ taskQueue: controlQueue, startToCloseTimeout: '1m' });
  const feed = new BatchFeed((cursor) => control.readPage(cursor, partition), state.cursor, state.leftover);
  const results = new BatchResults(control.writeResults, state.done, state.failed);
  const atSets = new BatchItems(input, control, results);
  const router = new BatchRouter(sets, policy, { ...state.pool }, atSets, Math.random, Date.now);
  let [isAtEnd, isRouting] = [false, true];
  void sendGroups().catch(() => undefined);
  serveControl(input, results, router);
  if (state.events === 0) router.tryOut();

  try {
    while (!isAtEnd && !isLong(maxEvents)) {
      const item = await feed.next();
      isAtEnd = item === undefined;
      if (item !== undefined && !router.route(item)) results.add(tooLarge(item, sets));
      await condition(() => router.hasRoom || results.failure !== undefined);
      if (results.failure !== undefined) throw results.failure;
    }
    isRouting = false;
    if (isAtEnd) router.finish();
    else await router.stop();
    await condition(() => router.isIdle || results.failure !== undefined);
  } finally {
    await results.written();
  }
  if (results.failure !== undefined) throw results.failure;
  const events = state.events + workflowInfo().historyLength;
  if (isAtEnd) return events;
  await continueAsNew<typeof batchWorkflow>({ ...input, state: nextState(events) });
  return events;

  function nextState(events: number): BatchState {
    return {
      cursor: feed.cursor,
      leftover: [...router.leftover, ...feed.leftover],
      pool: router.state,
      ...{ done: results.done, failed: results.failed, isPaused: router.isPaused, events },
    };
  }

  /** Once no more items are to be routed for now. */
  async function sendGroups(): Promise<void> {
    for (;;) {
      await condition(() => atSets.hasWaiting && !(isRouting && router.hasRoom && feed.hasNext));
      atSets.send();
    }
  }
}

function isLong(maxEvents: number): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength > maxEvents || historySize > MAX_BYTES;
}

function tooLarge({ id, inputTokens, maxTokens, units = {} }: IndexedItem, sets: readonly RoutedSet[]): ItemFailed {
  const others = Object.entries(units).map(([unit, amount]) => ` and ${amount} ${unit}`);
  const input = inputTokens > 0 ? `${inputTokens} input tokens and ` : '';
  const needs = `${input}${maxTokens} output tokens${others.join('')}`;
  const message = `needs ${needs}, more than any set allows in a window`;
  return {
    id,
    ok: false,
    set: sets[0]?.name ?? '',
    error: { type: 'RequestExceedsCapacityError', message },
    attempts: 0,
  };
}

/** Answers those who look at a batch, and obeys those who hold it up. */
function serveControl(input: BatchInput, results: BatchResults, router: BatchRouter): void {
  const { partition, items, startedAt, state } = input;
  if (state.isPaused) router.pause();
  setHandler(pauseSignal, () => router.pause());
  setHandler(resumeSignal, () => router.resume());
  setHandler(slowProbeSignal, (set) => router.trust(set));
  setHandler(progressQuery, () => ({
    ...{ partition, items, startedAt },
    ...{ done: results.done, failed: results.failed, underWay: router.underWay, isPaused: router.isPaused },
    events: state.events + workflowInfo().historyLength,
  }));
}
