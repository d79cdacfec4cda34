import { PriorityList } from './priority-list';

/** What a queue needs to know of those that wait in it. */
export interface Waiting {
  /** What it waits for, in the order of the definitions. */
  readonly amounts: readonly number[];
  /** Higher goes first. */
  readonly priority: number;
}

interface Place<T> {
  readonly entry: T;
  readonly lane: Lane<T>;
  previous: Place<T> | undefined;
  next: Place<T> | undefined;
}

interface Lane<T> {
  readonly priority: number;
  first: Place<T> | undefined;
  last: Place<T> | undefined;
}

/**
 * First come, first served within a priority. Arrival, departure of the first and removal anywhere are O(1) while
 * priorities are few, and O(log n) when everybody has one of its own. Places are linked, so that those who give up behind somebody who waits on leave no gap that
 * would have to be kept.
 */
export class WaitQueue<T extends Waiting> {
  /** Only lanes in which somebody waits, highest priority first. */
  readonly #lanes = new PriorityList<Lane<T>>();
  readonly #places = new Map<T, Place<T>>();

  /** How many wait. */
  get size(): number {
    return this.#places.size;
  }

  /** Lets an entry wait. One that waits already keeps its place. */
  push(entry: T): void {
    if (this.#places.has(entry)) return;
    const lane = this.#lane(entry.priority);
    const place: Place<T> = { entry, lane, previous: lane.last, next: undefined };
    if (lane.last === undefined) lane.first = place;
    else lane.last.next = place;
    lane.last = place;
    this.#places.set(entry, place);
  }

  /** The one whose turn it is. */
  peek(): T | undefined {
    return this.#lanes.first?.first?.entry;
  }

  /** Whether somebody waits whom a newcomer of this priority may not overtake. */
  isAhead(priority: number): boolean {
    const lane = this.#lanes.first;
    return lane !== undefined && lane.priority >= priority;
  }

  /** Takes an entry out, wherever it stands. Says whether it was there. */
  remove(entry: T): boolean {
    const place = this.#places.get(entry);
    if (place === undefined) return false;
    this.#places.delete(entry);
    const { lane, previous, next } = place;
    if (previous === undefined) lane.first = next;
    else previous.next = next;
    if (next === undefined) lane.last = previous;
    else next.previous = previous;
    if (lane.first === undefined) this.#lanes.remove(lane);
    return true;
  }

  /** All that wait, in the order in which they will be served. Entries may be removed meanwhile. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (const lane of this.#lanes) {
      for (let place = lane.first; place !== undefined; place = place.next) {
        if (this.#places.get(place.entry) === place) yield place.entry;
      }
    }
  }

  #lane(priority: number): Lane<T> {
    const first = this.#lanes.first;
    const known = first?.priority === priority ? first : this.#lanes.find(priority);
    if (known !== undefined) return known;
    const lane: Lane<T> = { priority, first: undefined, last: undefined };
    this.#lanes.insert(lane);
    return lane;
  }
}
