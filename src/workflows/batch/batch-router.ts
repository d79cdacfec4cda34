import { choose, type PoolPolicy, type PoolState } from '../../limiter/pool/pool';
import { BatchLane, hasFailedAt } from './batch-lane';
import { MAX_ATTEMPTS, type IndexedItem, type NotServed, type RoutedSet } from './batch-protocol';
import { type ItemFailed } from './item-result';

/** Items that wait for a certain set while another has room; more are not looked for behind them. */
const MAX_HELD = 200;

/** An item that has been recalled and has not come back in this time is recalled again. Unit: milliseconds. */
const RECALL_AGAIN_MS = 250;

/** The outcome of an item at a set: it is through, or it has come back, because it was recalled or was not served. */
export type ItemEnd = 'answered' | 'failed' | { readonly item: IndexedItem; readonly notServed?: NotServed };

/** What the router has done with the items that it is given. None of these may reject. */
export interface RouterActions {
  /** Does one item at one set; as the probe, it waits there until the set's provider may be asked. */
  readonly doItem: (item: IndexedItem, set: RoutedSet, isProbe: boolean) => Promise<ItemEnd>;
  /** Asks for items that have not been started to be given back. */
  readonly recall: (ids: readonly string[]) => Promise<void>;
  /** An item is through that no set serves. */
  readonly giveUp: (item: IndexedItem, set: RoutedSet, error: ItemFailed['error']) => void;
}

/**
 * Spreads items over limit sets. Each set has enough under way that its limits never wait for an item. When no more
 * come, the last ones even out: a set that would be late gives back what it has not started to one that would be early.
 *
 * A set whose provider does not serve has one item, which tries again; the others go elsewhere, or wait until a set serves.
 */
export class BatchRouter {
  readonly #lanes: readonly BatchLane[];
  #isRecalling = false;
  /** Unit: milliseconds. */
  #recalledAt = -Infinity;
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
    private readonly now: () => number,
  ) {
    this.#lanes = sets.map((set) => new BatchLane(set));
  }

  /** Has each set begin with one item: an account that answers at once that it does not serve would draw most of them. */
  tryOut(): void {
    for (const lane of this.#lanes) lane.state = 'untried';
  }

  /** Ends {@link tryOut} at a set that has not answered yet, but takes its time. */
  trust(set: string): void {
    for (const lane of this.#lanes) if (lane.set.name === set && lane.state === 'untried') this.#open(lane);
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
    const best = this.policy.failover ? likeliest(item, lanes) : lanes;
    const candidates = best.map((lane) => ({ wouldWaitMs: lane.hasRoom ? 0 : lane.held.length + 1 }));
    this.#send(item, best[choose(this.policy, this.state, candidates, this.random)]);
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

  #send(item: IndexedItem, lane: BatchLane | undefined): void {
    lane?.held.push(item);
    if (lane !== undefined) this.#pump(lane);
  }

  #pump(lane: BatchLane): void {
    while (!this.#isPaused) {
      const next = lane.start();
      if (next === undefined) return;
      const { item, isProbe } = next;
      void this.actions.doItem(item, lane.set, isProbe).then((end) => {
        const to = lane.end(item);
        if (typeof end === 'object') this.#comeBack(end, lane, to);
        else {
          if (end === 'answered') lane.answeredAt = this.now();
          lane.through(this.now());
          if (isProbe) this.#open(lane);
        }
        this.#pump(lane);
        this.#even();
      });
    }
  }

  #comeBack({ item, notServed }: Exclude<ItemEnd, string>, lane: BatchLane, to: BatchLane | undefined): void {
    const met = notServed?.met;
    const isFault = met?.outcome === 'failed';
    const back = isFault ? { ...item, faults: { ...item.faults, [lane.set.name]: this.now() } } : item;
    if (notServed?.isAside === true || (isFault && lane.state === 'untried')) this.#setAside(lane);
    if (met !== undefined && this.#isToBlame(back, item, lane)) this.actions.giveUp(back, lane.set, met.error);
    else if (this.#phase === 'stopping') this.leftover.push(back);
    else if (notServed === undefined) this.#send(back, to ?? lane);
    else this.#moveOn(back, lane);
  }

  /**
   * Whether the item itself is at fault: its set has served others since it failed the item before, and every other set
   * has failed it, too. Also after too many attempts, while no item is served.
   */
  #isToBlame(item: IndexedItem, { faults: before = {} }: IndexedItem, lane: BatchLane): boolean {
    if ((item.attemptsBefore ?? 0) >= MAX_ATTEMPTS + this.#lanes.length - 1) return true;
    const others = this.policy.failover ? this.#lanes.filter((other) => other.fits(item)) : [lane];
    return lane.answeredAt > (before[lane.set.name] ?? Infinity) && others.every((other) => hasFailedAt(item, other));
  }

  /** Sends an item elsewhere, unless it is to stay where its turn was. */
  #moveOn(item: IndexedItem, lane: BatchLane): void {
    if (this.policy.failover) this.route(item);
    else this.#send(item, lane);
  }

  #setAside(lane: BatchLane): void {
    if (lane.state === 'aside') return;
    lane.state = 'aside';
    this.#spread(lane);
  }

  #open(lane: BatchLane): void {
    if (lane.state === 'open') return;
    lane.state = 'open';
    for (const other of this.#lanes) if (other.state !== 'open') this.#spread(other);
    this.#pump(lane);
  }

  /** Sends what waits for a set to those that serve. */
  #spread(lane: BatchLane): void {
    if (this.policy.failover) for (const item of lane.held.splice(0)) this.route(item);
  }

  /** Asks back what another set would get to sooner, also what has not come since: no worker may have had it yet. */
  #even(): void {
    if (this.#phase !== 'emptying' || this.#isPaused || !this.policy.failover || this.#isRecalling) return;
    const isLate = this.now() - this.#recalledAt >= RECALL_AGAIN_MS;
    const ids = isLate ? this.#lanes.flatMap((lane) => [...lane.leaving.keys()]) : [];
    for (let id = this.#askOne(); id !== undefined; id = this.#askOne()) ids.push(id);
    if (ids.length === 0) return;
    this.#isRecalling = true;
    this.#recalledAt = this.now();
    void this.actions.recall(ids).then(() => {
      this.#isRecalling = false;
    });
  }

  /** Picks an item of the set that would end last, its newest: the oldest are at the provider. */
  #askOne(): string | undefined {
    const now = this.now();
    const last = this.#lanes.reduce((a, b) => (b.secondsWith(0, now) > a.secondsWith(0, now) ? b : a));
    const item = [...last.underWay.values()].reverse().find(({ id }) => !last.leaving.has(id));
    if (item === undefined) return undefined;
    const fitting = this.#lanes.filter((lane) => lane.fits(item));
    const to = fitting.reduce((a, b) => (b.secondsWith(1, now) < a.secondsWith(1, now) ? b : a), last);
    if (to.secondsWith(1, now) >= last.secondsWith(0, now)) return undefined;
    last.ask(item, to);
    return item.id;
  }
}

/** The sets that serve, or have no probe yet, rather than the others; of these, those that have not failed the item. */
function likeliest(item: IndexedItem, lanes: readonly BatchLane[]): readonly BatchLane[] {
  const doubts = (lane: BatchLane): number =>
    (lane.state === 'open' || lane.hasRoom ? 0 : 2) + (hasFailedAt(item, lane) ? 1 : 0);
  const least = Math.min(...lanes.map(doubts));
  return lanes.filter((lane) => doubts(lane) === least);
}
