import { type IndexedItem, type RoutedSet } from './batch-protocol';

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

  constructor(readonly set: RoutedSet) {}

  get hasRoom(): boolean {
    if (this.state === 'open') return this.underWay.size + this.held.length < this.set.bound;
    return this.#probe === undefined && this.held.length === 0;
  }

  /** How long the set needs for what it will have, and a number of items more. Unit: seconds. */
  secondsWith(more: number): number {
    const items = this.underWay.size + this.held.length + this.coming - this.leaving.size + more;
    return items > 0 && this.state === 'aside' ? Infinity : items / this.set.speed;
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
