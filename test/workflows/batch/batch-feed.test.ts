import { BatchFeed } from '../../../src/workflows/batch/batch-feed';
import { type IndexedItem, type Page } from '../../../src/workflows/batch/batch-protocol';

const item = (number: number): IndexedItem => ({
  ...{ id: `${number}`, offset: 0, length: 0 },
  ...{ maxTokens: 1, inputTokens: 1 },
});

/** An input of which every third item is through; pages of 50. */
async function readPage(cursor: number): Promise<Page> {
  const numbers = Array.from({ length: Math.min(50, 200 - cursor) }, (_, i) => cursor + i);
  const items = numbers.filter((number) => number % 3 !== 0).map(item);
  return { items, next: cursor + numbers.length, isLast: cursor + numbers.length >= 200 };
}

async function take(feed: BatchFeed, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const next = await feed.next();
    if (next === undefined) break;
    ids.push(next.id);
  }
  return ids;
}

const wanted = Array.from({ length: 200 }, (_, i) => i).flatMap((i) => (i % 3 === 0 ? [] : `${i}`));

it('has every item once, in the order of the input', async () => {
  expect(await take(new BatchFeed(readPage, 0, []), 1_000)).toEqual(wanted);
});

it.each([1, 40, 90, 130])('continues in another run where %d had been taken', async (count) => {
  const first = new BatchFeed(readPage, 0, []);
  const taken = await take(first, count);
  const second = new BatchFeed(readPage, first.cursor, first.leftover);
  expect([...taken, ...(await take(second, 1_000))]).toEqual(wanted);
});

it('passes over pages of which nothing is wanted any more', async () => {
  const empty = async (cursor: number): Promise<Page> => ({
    items: cursor < 400 ? [] : [item(cursor)],
    next: cursor + 100,
    isLast: cursor >= 400,
  });
  expect(await take(new BatchFeed(empty, 0, []), 10)).toEqual(['400']);
});
