import { type IndexedItem, type RoutedSet } from './batch-protocol';
import { ItemWindow } from './item-window';

/** One set of a batch: what waits for it and what is under way there. */
export class BatchLane {
  /** Items that wait for room. */
  readonly held: IndexedItem[] = [];
  readonly underWay = new Map<string, IndexedItem>();
  /** Items under way that have been asked back, and where they are to go; those at the provider already stay. */
  readonly leaving = new Map<string, BatchLane>();
  /** How many items are on their way here from other sets. */
  coming = 0;
  /**
   * `untried`: whether its provider serves is not known yet. `aside`: it does not. Both have one item at a time, the
   * probe, and the first that is answered opens the set.
   */
  state: 'open' | 'untried' | 'aside' = 'open';
  /** When it last answered an item. Unit: milliseconds. */
  answeredAt = -Infinity;
  #probe: string | undefined;
  /** A workflow run begins with none of them used. */
  readonly #windows: readonly ItemWindow[];

  constructor(readonly set: RoutedSet) {
    this.#windows = (set.windows ?? []).map((window) => new ItemWindow(window));
  }

  get hasRoom(): boolean {
    if (this.state === 'open') return this.underWay.size + this.held.length < this.set.bound;
    return this.#probe === undefined && this.held.length === 0;
  }

  /** Items that the set will have. */
  get #left(): number {
    return this.underWay.size + this.held.length + this.coming - this.leaving.size;
  }

  /**
   * How long the set needs until it has started what it will have, and a number of items more, those at the provider
   * included. Unit: seconds. By windows: a set that has just used up its window is not ahead of one that is about to.
   */
  secondsWith(more: number, now: number): number {
    const items = this.#left + more;
    if (items > 0 && this.state === 'aside') return Infinity;
    if (this.#windows.length === 0) return items / this.set.speed;
    return Math.max(...this.#windows.map((window) => window.secondsFor(items, now)));
  }

  /** An item is through at this set. */
  through(now: number): void {
    for (const window of this.#windows) window.add(now);
  }

  /** Takes the next item to be started, if one may be, and says whether it is the probe. */
  start(): { readonly item: IndexedItem; readonly isProbe: boolean } | undefined {
    const isProbe = this.state !== 'open';
    if (isProbe ? this.#probe !== undefined : this.underWay.size >= this.set.bound) return undefined;
    const item = this.held.shift();
    if (item === undefined) return undefined;
    if (isProbe) this.#probe = item.id;
    this.underWay.set(item.id, item);
    return { item, isProbe };
  }

  ask(item: IndexedItem, to: BatchLane): void {
    this.leaving.set(item.id, to);
    to.coming += 1;
  }

  /** The item is back, done or not. Where it is to go, if it was asked back. */
  end({ id }: IndexedItem): BatchLane | undefined {
    const to = this.leaving.get(id);
    if (to !== undefined) to.coming -= 1;
    this.leaving.delete(id);
    this.underWay.delete(id);
    if (this.#probe === id) this.#probe = undefined;
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

/** Whether the item has met a fault of the set's account. */
export function hasFailedAt({ faults = {} }: IndexedItem, { set }: BatchLane): boolean {
  return Object.hasOwn(faults, set.name);
}
