/** What a queue needs to know of those that wait in it. */
export interface Waiting {
  /** What it waits for, in the order of the definitions. */
  readonly amounts: readonly number[];
  /** Higher goes first. */
  readonly priority: number;
}

interface Lane<T> {
  readonly priority: number;
  /** Waiting entries in order of arrival; `undefined` where one has left. */
  entries: (T | undefined)[];
  /** Entries before this one have left. */
  head: number;
  /** How many entries have been cut off in front, so that places stay valid. */
  cut: number;
}

/**
 * First come, first served within a priority. Arrival, departure of the first and removal anywhere are O(1) amortised;
 * priorities are few.
 */
export class WaitQueue<T extends Waiting> {
  readonly #lanes: Lane<T>[] = [];
  readonly #places = new Map<T, { lane: Lane<T>; index: number }>();

  /** How many wait. */
  get size(): number {
    return this.#places.size;
  }

  push(entry: T): void {
    const lane = this.#lane(entry.priority);
    this.#places.set(entry, { lane, index: lane.cut + lane.entries.length });
    lane.entries.push(entry);
  }

  /** The one whose turn it is. */
  peek(): T | undefined {
    for (const lane of this.#lanes) {
      const entry = this.#first(lane);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** Whether somebody waits whom a newcomer of this priority may not overtake. */
  isAhead(priority: number): boolean {
    return (this.peek()?.priority ?? -Infinity) >= priority;
  }

  /** Takes an entry out, wherever it stands. Says whether it was there. */
  remove(entry: T): boolean {
    const place = this.#places.get(entry);
    if (place === undefined) return false;
    place.lane.entries[place.index - place.lane.cut] = undefined;
    this.#places.delete(entry);
    this.#first(place.lane);
    return true;
  }

  /** All that wait, in the order in which they will be served. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (const lane of this.#lanes) {
      for (let i = lane.head; i < lane.entries.length; i += 1) {
        const entry = lane.entries[i];
        if (entry !== undefined) yield entry;
      }
    }
  }

  #lane(priority: number): Lane<T> {
    let i = 0;
    for (; i < this.#lanes.length; i += 1) {
      const lane = this.#lanes[i];
      if (lane === undefined || lane.priority < priority) break;
      if (lane.priority === priority) return lane;
    }
    const lane: Lane<T> = { priority, entries: [], head: 0, cut: 0 };
    this.#lanes.splice(i, 0, lane);
    return lane;
  }

  #first(lane: Lane<T>): T | undefined {
    while (lane.head < lane.entries.length && lane.entries[lane.head] === undefined) lane.head += 1;
    if (lane.head > 1024 || lane.head === lane.entries.length) {
      lane.entries.splice(0, lane.head);
      lane.cut += lane.head;
      lane.head = 0;
    }
    return lane.entries[lane.head];
  }
}
