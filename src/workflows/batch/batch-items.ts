import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import {
  HEARTBEAT_SECONDS,
  MAX_ATTEMPTS,
  OUTPUT_ERROR,
  RECALLED,
  type BatchInput,
  type ControlActivities,
  type IndexedItem,
  type ItemActivities,
  type ItemOutcome,
  type RoutedSet,
} from './batch-protocol';
import { type BatchResults } from './batch-results';
import { type ItemEnd, type RouterActions } from './batch-router';
import { ItemGroups } from './item-groups';
import { type ItemFailed } from './item-result';

/** The least between two probes of a set that has failed and is not set aside yet. Unit: milliseconds. */
const PROBE_PAUSE_MS = 1_000;

/** An item whose worker ended or hung: how often it was tried at the set, as far as is known, that time included. */
interface Lost {
  readonly lostAttempts: number;
}

/** The outcome of an item, also if it is unknown: the batch was cancelled, or it was lost with its worker. */
type Outcome = ItemOutcome | 'cancelled' | Lost;

/** Has the items of a batch done at their sets, and handles their outcomes. */
export class BatchItems implements RouterActions {
  readonly #groups: ItemGroups<Outcome>;

  constructor(
    private readonly batch: Pick<BatchInput, 'file' | 'items' | 'sets'>,
    private readonly control: Pick<ControlActivities, 'findResults' | 'recallItems'>,
    private readonly results: BatchResults,
  ) {
    const left = (): number => batch.items - results.done;
    this.#groups = new ItemGroups((...group) => this.#doGroup(...group), left, batch.sets.length);
  }

  /** Whether there are items that wait for {@link send}. */
  get hasWaiting(): boolean {
    return this.#groups.hasWaiting;
  }

  send(): void {
    this.#groups.send();
  }

  /** Asks for items that have not been started to be given back. What is not is done where it is. */
  readonly recall = async (ids: readonly string[]): Promise<void> => {
    const sent = this.#groups.giveBack(ids, { attempts: 0 });
    // one for no items is asked as it has always been: recorded runs have it
    if (sent.length > 0 || ids.length === 0) await this.control.recallItems(sent).catch(() => undefined);
  };

  /** Does one item at one set. It is sent with others. */
  readonly doItem = async (item: IndexedItem, set: RoutedSet, isProbe: boolean): Promise<ItemEnd> => {
    const outcome = await (isProbe ? this.#groups.probe(item, set) : this.#doOrRetry(item, set));
    if (outcome === 'cancelled') return 'failed';
    if (typeof outcome === 'boolean') {
      this.results.count(outcome);
      return outcome ? 'answered' : 'failed';
    }
    if ('lostAttempts' in outcome) return this.#comeBackFromLost(item, set, outcome);
    const { attempts, notServed } = outcome;
    const back = { ...item, attemptsBefore: (item.attemptsBefore ?? 0) + attempts };
    if (notServed === undefined) return { item: back };
    // until the set's limiter has heard of it
    if (isProbe && !notServed.isAside) await sleep(PROBE_PAUSE_MS).catch(() => undefined);
    return { item: back, notServed };
  };

  /** An item is through that no set serves. */
  readonly giveUp = (item: IndexedItem, set: RoutedSet, error: ItemFailed['error']): void => {
    this.results.add({ id: item.id, ok: false, set: set.name, error, attempts: item.attemptsBefore ?? 0 });
  };

  async #doOrRetry(item: IndexedItem, set: RoutedSet): Promise<Outcome> {
    const outcome = await this.#groups.do(item, set);
    if (typeof outcome !== 'object' || 'lostAttempts' in outcome || outcome.retryMs === undefined) return outcome;
    const { attempts, retryMs: waitMs } = outcome;
    return this.#groups.do({ ...item, retry: { attempts, waitMs } }, set);
  }

  /** Has a worker do items. If it ends or hangs, those are through whose results are in the output. */
  async #doGroup(items: readonly IndexedItem[], set: RoutedSet, isProbe: boolean): Promise<readonly Outcome[]> {
    try {
      return await activitiesAt(set).completeItems(this.batch.file, items, isProbe);
    } catch (error) {
      if (isCancellation(error)) return items.map(() => 'cancelled');
      const type = failureType(error);
      if (type === OUTPUT_ERROR) this.results.fail(error);
      const found = await this.control.findResults(items.map(({ id }) => id)).catch(() => []);
      return items.map(({ retry: { attempts } = { attempts: 0 } }, i) => {
        return found[i] ?? (type === RECALLED ? { attempts } : { lostAttempts: attempts + 1 });
      });
    }
  }

  #comeBackFromLost(item: IndexedItem, set: RoutedSet, { lostAttempts }: Lost): ItemEnd {
    const lost = (item.lost ?? 0) + 1;
    const back = { ...item, lost, attemptsBefore: (item.attemptsBefore ?? 0) + lostAttempts };
    if (lost < MAX_ATTEMPTS) return { item: back };
    this.giveUp(back, set, { type: 'WorkerLost', message: 'its worker ended or hung each time' });
    return 'failed';
  }
}

function activitiesAt({ taskQueue }: RoutedSet): ItemActivities {
  return proxyActivities<ItemActivities>({
    taskQueue,
    // waiting for the limits counts
    startToCloseTimeout: '24h',
    heartbeatTimeout: `${HEARTBEAT_SECONDS}s`,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    // a worker tries items again by itself; what it has not done when it ends is sorted out first
    retry: { maximumAttempts: 1 },
  });
}

/** Why the items of a group have no outcome, if anybody said so. */
function failureType(error: unknown): string | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure ? (cause.type ?? undefined) : undefined;
}
