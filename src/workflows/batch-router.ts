import { choose, type PoolPolicy, type PoolState } from '../limiter/pool';
import { type IndexedItem, type RoutedSet } from './batch-protocol';

/** Items that wait for a certain set while another has room; more are not looked for behind them. */
const MAX_HELD = 200;

/** Does one item at one set. Never rejects. */
export type DoItem = (item: IndexedItem, set: RoutedSet) => Promise<void>;

class Lane {
  readonly held: IndexedItem[] = [];
  underWay = 0;

  constructor(readonly set: RoutedSet) {}

  get hasRoom(): boolean {
    return this.underWay + this.held.length < this.set.bound;
  }

  fits({ inputTokens, maxTokens }: IndexedItem): boolean {
    const { largest } = this.set;
    return inputTokens <= (largest.inputTokens ?? Infinity) && maxTokens <= (largest.maxTokens ?? Infinity);
  }
}

/**
 * Spreads items over limit sets. Each set has so many under way that its limits never wait for an item, and not many
 * more: what has been sent to one set is not taken up by another that is ahead.
 */
export class BatchRouter {
  readonly #lanes: readonly Lane[];

  constructor(
    sets: readonly RoutedSet[],
    private readonly policy: PoolPolicy,
    readonly state: PoolState,
    private readonly doItem: DoItem,
    private readonly random: () => number,
  ) {
    this.#lanes = sets.map((set) => new Lane(set));
  }

  /** Whether another item may be routed: some set could start one, and not too many wait for the others. */
  get hasRoom(): boolean {
    const held = this.#lanes.reduce((sum, lane) => sum + lane.held.length, 0);
    return held < MAX_HELD && this.#lanes.some((lane) => lane.hasRoom);
  }

  get isIdle(): boolean {
    return this.#lanes.every((lane) => lane.underWay === 0 && lane.held.length === 0);
  }

  /** Items under way, by set. */
  get underWay(): Record<string, number> {
    return Object.fromEntries(this.#lanes.map(({ set, underWay }) => [set.name, underWay]));
  }

  /** Sends the item to a set, at once or when that set has room. False if it is too large for all of them. */
  route(item: IndexedItem): boolean {
    const lanes = this.#lanes.filter((lane) => lane.fits(item));
    if (lanes.length === 0) return false;
    const candidates = lanes.map((lane) => ({ wouldWaitMs: lane.hasRoom ? 0 : lane.held.length + 1 }));
    const lane = lanes[choose(this.policy, this.state, candidates, this.random)];
    lane?.held.push(item);
    if (lane !== undefined) this.#pump(lane);
    return true;
  }

  /** Drops what no set has begun. */
  dropHeld(): void {
    for (const lane of this.#lanes) lane.held.length = 0;
  }

  #pump(lane: Lane): void {
    while (lane.underWay < lane.set.bound) {
      const item = lane.held.shift();
      if (item === undefined) return;
      lane.underWay += 1;
      void this.doItem(item, lane.set).then(() => {
        lane.underWay -= 1;
        this.#pump(lane);
      });
    }
  }
}
