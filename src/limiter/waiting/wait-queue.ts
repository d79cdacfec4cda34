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
 * priorities are few, and O(log n) when each has its own. Places are linked, so that a request that gives up leaves no
 * gap.
 */
export class WaitQueue<T extends Waiting> {
  /** Only lanes in which a request waits, highest priority first. */
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

interface Node<T> {
  readonly item: T | undefined;
  /** The next on each level that it stands on. */
  readonly next: (Node<T> | undefined)[];
}

/** Enough for the searches among 65,536 items, and nearly for those among more. */
const MAX_LEVELS = 16;

/**
 * Items of different priorities, highest first. The first is at hand; to find, insert and remove is O(log n).
 *
 * A skip list (W. Pugh, "Skip lists: a probabilistic alternative to balanced trees", 1990) whose levels are scattered by
 * a counter rather than by chance: a replay builds the same.
 */
export class PriorityList<T extends { readonly priority: number }> {
  readonly #head: Node<T> = { item: undefined, next: [undefined] };
  /** What the last search found on each level: the last one of a higher priority. */
  readonly #before: Node<T>[] = [];
  #inserted = 0;

  /** The one of the highest priority. */
  get first(): T | undefined {
    return this.#head.next[0]?.item;
  }

  find(priority: number): T | undefined {
    const item = this.#search(priority)?.item;
    return item?.priority === priority ? item : undefined;
  }

  /** Only if {@link find} finds none of its priority. */
  insert(item: T): void {
    this.#search(item.priority);
    const node: Node<T> = { item, next: [] };
    for (let levels = this.#scatter(); node.next.length < levels;) {
      const before = this.#before[node.next.length] ?? this.#head;
      const level = node.next.push(before.next[node.next.length]) - 1;
      before.next[level] = node;
    }
  }

  /** Takes an item out that is in the list. */
  remove(item: T): void {
    const node = this.#search(item.priority);
    node?.next.forEach((next, level) => {
      const before = this.#before[level];
      if (before !== undefined) before.next[level] = next;
    });
  }

  /** All items, highest priority first. Items may be removed meanwhile: a removed one still knows what came after it. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let node = this.#head.next[0]; node !== undefined; node = node.next[0]) {
      if (node.item !== undefined) yield node.item;
    }
  }

  /** The first one of this priority or a lower one. */
  #search(priority: number): Node<T> | undefined {
    let before = this.#head;
    for (let level = before.next.length - 1; level >= 0; level -= 1) {
      let next = before.next[level];
      while (next?.item !== undefined && next.item.priority > priority) {
        before = next;
        next = before.next[level];
      }
      this.#before[level] = before;
    }
    return before.next[0];
  }

  /** On how many levels the next one stands: on two with half of all, on three with a quarter. */
  #scatter(): number {
    this.#inserted += 1;
    let bits = Math.imul(this.#inserted, 0x9e3779b1);
    bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
    return Math.min(1 + Math.clz32(bits ^ (bits >>> 13)), MAX_LEVELS);
  }
}
