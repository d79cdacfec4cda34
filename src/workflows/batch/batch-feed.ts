import { type IndexedItem, type Page } from './batch-protocol';

/** The next page is requested while this many items are left, so that routing never waits for it. */
const READ_AHEAD = 100;

/** The items of a batch in the order of the input, read page by page: a history cannot hold them all. */
export class BatchFeed {
  readonly #items: IndexedItem[];
  #reading: Promise<void> | undefined;
  #isAtEnd = false;
  #cursor: number;

  constructor(
    private readonly readPage: (cursor: number) => Promise<Page>,
    cursor: number,
    /** Items that come before. */
    leftover: readonly IndexedItem[],
  ) {
    this.#cursor = cursor;
    this.#items = [...leftover];
  }

  /** What has been read and not been taken. */
  get leftover(): readonly IndexedItem[] {
    return this.#items;
  }

  /** Whether the next item is there already. */
  get hasNext(): boolean {
    return this.#items.length > 0;
  }

  /** Number of the first item that has not been read. */
  get cursor(): number {
    return this.#cursor;
  }

  /** Takes the next item; undefined at the end. */
  async next(): Promise<IndexedItem | undefined> {
    while (!this.#isAtEnd && this.#items.length < READ_AHEAD) {
      this.#reading ??= this.#read();
      if (this.#items.length > 0) {
        // told by the call that has to wait for it
        this.#reading.catch(() => undefined);
        break;
      }
      await this.#reading;
    }
    return this.#items.shift();
  }

  async #read(): Promise<void> {
    const { items, next, isLast } = await this.readPage(this.#cursor);
    this.#items.push(...items);
    this.#cursor = next;
    this.#isAtEnd = isLast;
    this.#reading = undefined;
  }
}
