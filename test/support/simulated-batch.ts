import { streamOf } from '../../simulator/world/random';
import { VirtualClock } from '../../simulator/world/virtual-clock';
import { type IndexedItem, type RoutedSet } from '../../src/workflows/batch/batch-protocol';
import { BatchRouter, type ItemEnd } from '../../src/workflows/batch/batch-router';
import { ItemGroups } from '../../src/workflows/batch/item-groups';

/** An account, and what the router is told of its set. */
export interface SimulatedAccount {
  /** Calls in a window, all of which may start at once. */
  readonly calls: number;
  readonly windowSeconds: number;
  readonly callSeconds: number;
  /** Calls at once. @default any number */
  readonly permits?: number;
  readonly set: Partial<RoutedSet>;
}

/** What became of a batch. */
interface Played {
  /** Items that were answered. */
  readonly done: number;
  /** When the last item was through. Unit: seconds. */
  readonly seconds: number;
  /** Questions for items that are to be given back. */
  readonly recalls: number;
  readonly groups: number;
}

/** From the workflow to a worker, or back. */
const MESSAGE_MS = 60;
/** The limiter of a set answers first after up to so long, so that no two sets' windows begin together. */
const LATEST_START_MS = 1_000;
/** A window ends later than a provider's by what the guard and messages take. */
const [LEAST_LATE_MS, MOST_LATE_MS] = [100, 250];
/** The workflow gets to what has come in so often. */
const STEP_MS = 5;
/** No batch here may take longer. */
const PATIENCE_MS = 3_600_000;

/** Routes items over accounts in virtual time, through groups, as a batch workflow does. */
export async function playBatch(accounts: readonly SimulatedAccount[], items: number, seed: number): Promise<Played> {
  const clock = new VirtualClock();
  const places = accounts.map((account, i) => new Place(account, clock, streamOf(seed, `place ${i}`)));
  const sets = accounts.map(({ set }, i): RoutedSet => ({
    ...{ name: String(i), taskQueue: String(i), bound: 160, speed: 1 },
    ...{ largest: { inputTokens: null, maxTokens: null }, ...set },
  }));
  let [recalls, groups, done, seconds] = [0, 0, 0, 0];
  const atWorkers = new ItemGroups<boolean>(
    async (group, { name }) => {
      groups += 1;
      await clock.sleep(MESSAGE_MS);
      const outcomes = (await places[Number(name)]?.do(group.map(({ id }) => id))) ?? [];
      await clock.sleep(MESSAGE_MS);
      return outcomes;
    },
    () => items - done,
    sets.length,
  );
  const router = new BatchRouter(
    sets,
    { loadBalancing: 'RoundRobin', workerIndex: 0, failover: true },
    { dispatched: 0 },
    {
      doItem: async (item, set, isProbe): Promise<ItemEnd> => {
        const isThrough = await (isProbe ? atWorkers.probe(item, set) : atWorkers.do(item, set));
        if (!isThrough) return { item };
        done += 1;
        seconds = clock.now() / 1_000;
        return 'answered';
      },
      recall: async (ids) => {
        const sent = atWorkers.giveBack(ids, false);
        if (sent.length === 0) return;
        recalls += 1;
        await clock.sleep(MESSAGE_MS);
        for (const id of sent) for (const place of places) place.giveBack(id);
        await clock.sleep(MESSAGE_MS);
      },
      giveUp: () => undefined,
    },
    streamOf(seed, 'router'),
    () => clock.now(),
  );
  router.tryOut();
  let next = 0;
  while (done < items && clock.now() < PATIENCE_MS) {
    for (; next < items && router.hasRoom; next += 1) router.route(itemOf(next));
    if (next === items) {
      next += 1;
      router.finish();
    }
    atWorkers.send();
    await clock.runUntil(clock.now() + STEP_MS);
  }
  return { done, seconds, recalls, groups };
}

function itemOf(number: number): IndexedItem {
  return { id: `item-${number}`, offset: 0, length: 1, maxTokens: 1, inputTokens: 1 };
}

interface Waiting {
  readonly group: readonly string[];
  readonly tell: (isThrough: boolean) => void;
}

/** A worker at an account: it starts what its limits let through, in the order in which it came. */
class Place {
  readonly #waiting = new Map<string, Waiting>();
  readonly #begunAt: number;
  #inWindow = 0;
  #atProvider = 0;

  constructor(
    private readonly account: SimulatedAccount,
    private readonly clock: VirtualClock,
    private readonly random: () => number,
  ) {
    this.#begunAt = random() * LATEST_START_MS;
    clock.after(this.#begunAt, () => this.#start());
  }

  do(group: readonly string[]): Promise<readonly boolean[]> {
    const outcomes = group.map((id) => new Promise<boolean>((tell) => this.#waiting.set(id, { group, tell })));
    this.#start();
    return Promise.all(outcomes);
  }

  /** Gives an item back that has not been started, and those of its group. */
  giveBack(id: string): void {
    for (const other of this.#waiting.get(id)?.group ?? []) {
      this.#waiting.get(other)?.tell(false);
      this.#waiting.delete(other);
    }
  }

  #start(): void {
    const { calls, windowSeconds, callSeconds, permits = Infinity } = this.account;
    for (const [id, { tell }] of this.#waiting) {
      if (this.clock.now() < this.#begunAt || this.#inWindow >= calls || this.#atProvider >= permits) return;
      this.#waiting.delete(id);
      this.#inWindow += 1;
      this.#atProvider += 1;
      this.clock.after(callSeconds * 1_000 * (0.7 + 0.6 * this.random()), () => {
        this.#atProvider -= 1;
        tell(true);
        this.#start();
      });
      const lateMs = LEAST_LATE_MS + (MOST_LATE_MS - LEAST_LATE_MS) * this.random();
      this.clock.after(windowSeconds * 1_000 + lateMs, () => {
        this.#inWindow -= 1;
        this.#start();
      });
    }
  }
}
