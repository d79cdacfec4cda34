import { choose, type PoolPolicy, type PoolState } from '../../limiter/pool/pool';
import { type IndexedItem, type RoutedSet } from './batch-protocol';

/** Items that wait for a certain set while another has room; more are not looked for behind them. */
const MAX_HELD = 200;

/** What the router has done with the items that it is given. None of these may reject. */
export interface RouterActions {
  /** Does one item at one set. Resolves with the item if the set gave it back undone. */
  readonly doItem: (item: IndexedItem, set: RoutedSet) => Promise<IndexedItem | undefined>;
  /** Asks for items that have not been started to be given back. */
  readonly recall: (ids: readonly string[]) => Promise<void>;
}

class Lane {
  /** Items that wait for room. */
  readonly held: IndexedItem[] = [];
  readonly underWay = new Map<string, IndexedItem>();
  /** Items under way that have been asked back, and where they are to go; those at the provider already stay. */
  readonly leaving = new Map<string, Lane>();
  /** How many items are on their way here from other sets. */
  coming = 0;

  constructor(readonly set: RoutedSet) {}

  get hasRoom(): boolean {
    return this.underWay.size + this.held.length < this.set.bound;
  }

  /** How long the set needs for what it will have, and so many items more. Unit: seconds. */
  secondsWith(more: number): number {
    const items = this.underWay.size + this.held.length + this.coming - this.leaving.size;
    return (items + more) / this.set.speed;
  }

  ask(item: IndexedItem, to: Lane): void {
    this.leaving.set(item.id, to);
    to.coming += 1;
  }

  /** The item is back, done or not. Where it is to go, if it was asked back. */
  end({ id }: IndexedItem): Lane | undefined {
    const to = this.leaving.get(id);
    if (to !== undefined) to.coming -= 1;
    this.leaving.delete(id);
    this.underWay.delete(id);
    return to;
  }

  fits({ inputTokens, maxTokens, units = {} }: IndexedItem): boolean {
    const { largest } = this.set;
    return (
      inputTokens <= (largest.inputTokens ?? Infinity) &&
      maxTokens <= (largest.maxTokens ?? Infinity) &&
      Object.entries(largest.units ?? {}).every(([unit, most]) => (units[unit] ?? 0) <= most)
    );
  }
}

/**
 * Spreads items over limit sets. Each set has so many under way that its limits never wait for an item. When no more
 * come, the last ones even out: a set that would be late gives back what it has not started to one that would be early.
 */
export class BatchRouter {
  readonly #lanes: readonly Lane[];
  #isRecalling = false;
  #isPaused = false;
  /** Items that came back when nothing more was to be started. */
  readonly leftover: IndexedItem[] = [];
  /** `filling`: more will come. `emptying`: these are the last. `stopping`: nothing more is started. */
  #phase: 'filling' | 'emptying' | 'stopping' = 'filling';

  constructor(
    sets: readonly RoutedSet[],
    private readonly policy: PoolPolicy,
    readonly state: PoolState,
    private readonly actions: RouterActions,
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
    return this.#lanes.every((lane) => lane.underWay.size === 0 && lane.held.length === 0);
  }

  /** Items under way, by set. */
  get underWay(): Record<string, number> {
    return Object.fromEntries(this.#lanes.map(({ set, underWay }) => [set.name, underWay.size]));
  }

  /** Sends the item to a set, at once or when that set has room. False if it is too large for all of them. */
  route(item: IndexedItem): boolean {
    const lanes = this.#lanes.filter((lane) => lane.fits(item));
    if (lanes.length === 0) return false;
    const candidates = lanes.map((lane) => ({ wouldWaitMs: lane.hasRoom ? 0 : lane.held.length + 1 }));
    this.#send(item, lanes[choose(this.policy, this.state, candidates, this.random)]);
    return true;
  }

  /** No more items come. */
  finish(): void {
    this.#phase = 'emptying';
    this.#even();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Starts nothing until {@link resume}. What waits for its set's limits is asked back, what is at a provider ends there. */
  pause(): void {
    this.#isPaused = true;
    void this.actions.recall(this.#lanes.flatMap((lane) => [...lane.underWay.keys()]));
  }

  resume(): void {
    this.#isPaused = false;
    for (const lane of this.#lanes) this.#pump(lane);
    this.#even();
  }

  /** Starts nothing more; what has not been started at the provider becomes {@link leftover}. */
  async stop(): Promise<void> {
    this.#phase = 'stopping';
    for (const lane of this.#lanes) this.leftover.push(...lane.held.splice(0));
    await this.actions.recall(this.#lanes.flatMap((lane) => [...lane.underWay.keys()]));
  }

  #send(item: IndexedItem, lane: Lane | undefined): void {
    lane?.held.push(item);
    if (lane !== undefined) this.#pump(lane);
  }

  #pump(lane: Lane): void {
    while (!this.#isPaused && lane.underWay.size < lane.set.bound) {
      const item = lane.held.shift();
      if (item === undefined) return;
      lane.underWay.set(item.id, item);
      void this.actions.doItem(item, lane.set).then((givenBack) => {
        const to = lane.end(item) ?? lane;
        if (givenBack !== undefined && this.#phase === 'stopping') this.leftover.push(givenBack);
        else if (givenBack !== undefined) this.#send(givenBack, to);
        this.#pump(lane);
        this.#even();
      });
    }
  }

  /** Asks back what another set would get to sooner. */
  #even(): void {
    if (this.#phase !== 'emptying' || this.#isPaused || !this.policy.failover || this.#isRecalling) return;
    const ids: string[] = [];
    for (let id = this.#askOne(); id !== undefined; id = this.#askOne()) ids.push(id);
    if (ids.length === 0) return;
    this.#isRecalling = true;
    void this.actions.recall(ids).then(() => {
      this.#isRecalling = false;
    });
  }

  /** Picks an item of the set that would end last, its newest: the oldest are at the provider. */
  #askOne(): string | undefined {
    const last = this.#lanes.reduce((a, b) => (b.secondsWith(0) > a.secondsWith(0) ? b : a));
    const item = [...last.underWay.values()].reverse().find(({ id }) => !last.leaving.has(id));
    if (item === undefined) return undefined;
    const fitting = this.#lanes.filter((lane) => lane.fits(item));
    const to = fitting.reduce((a, b) => (b.secondsWith(1) < a.secondsWith(1) ? b : a), last);
    if (to.secondsWith(1) >= last.secondsWith(0)) return undefined;
    last.ask(item, to);
    return item.id;
  }
}
