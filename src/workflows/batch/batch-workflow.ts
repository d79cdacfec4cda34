import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  sleep,
  workflowInfo,
  setHandler,
} from '@temporalio/workflow';
import { BatchFeed } from './batch-feed';
import {
  HEARTBEAT_SECONDS,
  MAX_ATTEMPTS,
  NOT_SERVED,
  RECALLED,
  type BatchInput,
  type BatchState,
  type ControlActivities,
  type IndexedItem,
  type ItemActivities,
  type NotServed,
  type RoutedSet,
  pauseSignal,
  progressQuery,
  resumeSignal,
  slowProbeSignal,
} from './batch-protocol';
import { BatchResults } from './batch-results';
import { BatchRouter, type ItemEnd } from './batch-router';
import { type ItemFailed } from './item-result';

/**
 * A run ends after so much. The server suggests it earlier, at 4,096 events, but each new run makes the sets wait a little;
 * it stops a workflow at 51,200 events or 50 MiB.
 */
const MAX_EVENTS = 20_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** The least between two probes of a set that has failed and is not set aside yet. Unit: milliseconds. */
const PROBE_PAUSE_MS = 1_000;

/**
 * Sends the items of an input through the limit sets, and has every result written, until the end or cancellation.
 * Returns the number of history events that it took.
 */
export async function batchWorkflow(input: BatchInput): Promise<number> {
  const { controlQueue, file, partition, sets, policy, state, maxEvents = MAX_EVENTS } = input;
  const control = proxyActivities<ControlActivities>({ taskQueue: controlQueue, startToCloseTimeout: '1m' });
  const feed = new BatchFeed((cursor) => control.readPage(cursor, partition), state.cursor, state.leftover);
  const results = new BatchResults(control.writeResults, state.done, state.failed);
  const router = new BatchRouter(sets, policy, { ...state.pool }, { doItem, recall, giveUp }, Math.random, Date.now);
  let isAtEnd = false;

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

  async function doItem(item: IndexedItem, set: RoutedSet, isProbe: boolean): Promise<ItemEnd> {
    const { id, attemptsBefore = 0 } = item;
    try {
      const { attempts, ...completion } = await activitiesAt(set).completeItem(file, item, isProbe);
      results.add({ id, ok: true, set: set.name, ...completion, attempts: attemptsBefore + attempts });
      return 'answered';
    } catch (error) {
      if (isCancellation(error)) return 'failed';
      const { attempts, notServed, ...failed } = describe(error);
      const back = (more: number): IndexedItem => ({ ...item, attemptsBefore: attemptsBefore + more });
      if (failed.error.type === RECALLED) return { item: back(attempts - 1) };
      if (failed.error.type === NOT_SERVED) {
        // until the set's limiter has heard of it
        if (isProbe && !notServed.isAside) await sleep(PROBE_PAUSE_MS).catch(() => undefined);
        return { item: back(attempts), notServed };
      }
      results.add({ id, ok: false, set: set.name, ...failed, attempts: attemptsBefore + attempts });
      return 'failed';
    }
  }

  function giveUp({ id, attemptsBefore = 0 }: IndexedItem, set: RoutedSet, error: ItemFailed['error']): void {
    results.add({ id, ok: false, set: set.name, error, attempts: attemptsBefore });
  }

  /** Only ever a gain: what is not given back is done where it is. */
  async function recall(ids: readonly string[]): Promise<void> {
    await control.recallItems(ids).catch(() => undefined);
  }
}

function activitiesAt({ taskQueue }: RoutedSet): ItemActivities {
  return proxyActivities<ItemActivities>({
    taskQueue,
    // waiting for the limits counts
    startToCloseTimeout: '24h',
    heartbeatTimeout: `${HEARTBEAT_SECONDS}s`,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: MAX_ATTEMPTS },
  });
}

function isLong(maxEvents: number): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength > maxEvents || historySize > MAX_BYTES;
}

interface Described extends Pick<ItemFailed, 'error' | 'attempts'> {
  readonly notServed: NotServed;
}

/** Why an item was given up or given back, and after how many attempts: the activity tells, unless its worker died. */
function describe(error: unknown): Described {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const [attempts, notServed] = (cause.details ?? []) as [number?, NotServed?];
    return {
      error: { type: cause.type ?? 'Error', message: cause.message },
      attempts: attempts ?? 1,
      notServed: notServed ?? { isAside: false },
    };
  }
  const lost = { type: 'WorkerLost', message: 'its worker ended or hung each time' };
  return { error: lost, attempts: MAX_ATTEMPTS, notServed: { isAside: false } };
}

function tooLarge({ id, inputTokens, maxTokens, units = {} }: IndexedItem, sets: readonly RoutedSet[]): ItemFailed {
  const others = Object.entries(units).map(([unit, amount]) => ` and ${amount} ${unit}`);
  const needs = `${inputTokens} input tokens and ${maxTokens} output tokens${others.join('')}`;
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
