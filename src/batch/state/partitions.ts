import { type IndexedItem, type Page, type Partition } from '../../workflows/batch/batch-protocol';

/** Items that a workflow learns of at once. */
const PAGE = 250;

/** The batch workflows of a batch, one for each partition. */
export function batchWorkflowIds(id: string, partitions: number): string[] {
  return Array.from({ length: partitions }, (_, index) => `batch:${id}:${index}`);
}

/** Where the batch workflows find the process that reads the input and writes the output. */
export function controlQueueOf(id: string): string {
  return `temporal-limits-batch:${id}`;
}

/** Where the items of a batch wait for its own worker processes: those of another batch write another output. */
export function itemQueueOf(id: string, set: string): string {
  return `${controlQueueOf(id)}:${set}`;
}

/** The part of a whole number that falls to a partition: the parts differ by one at most, and none is 0. */
export function shareOf(whole: number, { index, count }: Partition): number {
  return Math.max(1, Math.floor((whole + index) / count));
}

/** The next items of a partition that are wanted still. */
export function pageOf(
  items: readonly IndexedItem[],
  cursor: number,
  { index, count }: Partition,
  isWanted: (item: IndexedItem) => boolean,
): Page {
  const page: IndexedItem[] = [];
  let next = cursor;
  for (; next < items.length && page.length < PAGE; next += 1) {
    const item = items[next];
    if (next % count === index && item !== undefined && isWanted(item)) page.push(item);
  }
  return { items: page, next, isLast: next >= items.length };
}

/** How many of the items of a partition there are, and how many of them are through. */
export function countPartition(
  items: readonly IndexedItem[],
  { index, count }: Partition,
  answered: ReadonlyMap<string, boolean>,
): { readonly items: number; readonly done: number; readonly failed: number } {
  const own = items.filter((_, number) => number % count === index);
  const through = own.flatMap(({ id }) => answered.get(id) ?? []);
  return { items: own.length, done: through.length, failed: through.filter((ok) => !ok).length };
}
