import { type ControlActivities, type IndexedItem } from './batch-protocol';

/** The next page is asked for while so many items are left, so that routing never waits for it. */
const READ_AHEAD = 100;

/** The items of a batch in the order of the input, read page by page: a history cannot hold them all. */
export class BatchFeed {
  readonly #leftover: IndexedItem[];
  readonly #items: IndexedItem[] = [];
  #reading: Promise<void> | undefined;
  #isAtEnd = false;
  /** Number of the first item that has not been read. */
  #readTo: number;

  constructor(
    private readonly readPage: ControlActivities['readPage'],
    cursor: number,
    /** Items that come before. */
    leftover: readonly IndexedItem[],
  ) {
    this.#readTo = cursor;
    this.#leftover = [...leftover];
  }

  /** What has not been taken of the leftover. */
  get leftover(): readonly IndexedItem[] {
    return this.#leftover;
  }

  /** Number of the first item that has not been taken. */
  get cursor(): number {
    return this.#readTo - this.#items.length;
  }

  /** Takes the next item; undefined at the end. */
  async next(): Promise<IndexedItem | undefined> {
    const first = this.#leftover.shift();
    if (first !== undefined) return first;
    if (!this.#isAtEnd && this.#items.length < READ_AHEAD) {
      this.#reading ??= this.#read();
      if (this.#items.length === 0) await this.#reading;
      // told by the call that has to wait for it
      else this.#reading.catch(() => undefined);
    }
    return this.#items.shift();
  }

  async #read(): Promise<void> {
    const { items, isLast } = await this.readPage(this.#readTo);
    this.#items.push(...items);
    this.#readTo += items.length;
    this.#isAtEnd = isLast;
    this.#reading = undefined;
  }
}
