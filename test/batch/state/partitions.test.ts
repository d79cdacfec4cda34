import fc from 'fast-check';
import { countPartition, pageOf, shareOf } from '../../../src/batch/state/partitions';

const itemsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `${i}`, offset: i, length: 1, maxTokens: 1, inputTokens: 1 }));

/** All that a batch workflow of the partition reads. */
function readAll(count: number, partition: { index: number; count: number }, through: ReadonlySet<string>): string[] {
  const ids: string[] = [];
  for (let cursor = 0; ;) {
    const page = pageOf(itemsOf(count), cursor, partition, ({ id }) => !through.has(id));
    ids.push(...page.items.map(({ id }) => id));
    if (page.isLast) return ids;
    expect(page.items.length).toBe(250);
    expect(page.next).toBeGreaterThan(cursor);
    cursor = page.next;
  }
}

it('has every item that is not through read by one partition', () => {
  const through = fc.array(fc.nat(1_200).map(String)).map((ids) => new Set(ids));
  fc.assert(
    fc.property(fc.nat(1_200), fc.integer({ min: 1, max: 16 }), through, (count, partitions, done) => {
      const read = Array.from({ length: partitions }, (_, index) => readAll(count, { index, count: partitions }, done));
      const wanted = itemsOf(count).flatMap(({ id }) => (done.has(id) ? [] : id));
      expect(read.flat().sort()).toEqual(wanted.sort());
    }),
    { numRuns: 30 },
  );
});

it('counts what each partition has, and what of it is through', () => {
  const answered = new Map([
    ['0', true],
    ['1', true],
    ['2', false],
  ]);
  expect(countPartition(itemsOf(5), { index: 0, count: 2 }, answered)).toEqual({ items: 3, done: 2, failed: 1 });
  expect(countPartition(itemsOf(5), { index: 1, count: 2 }, answered)).toEqual({ items: 2, done: 1, failed: 0 });
});

it('divides a bound without losing any of it, and leaves something to everybody', () => {
  const shares = (whole: number, count: number) =>
    Array.from({ length: count }, (_, index) => shareOf(whole, { index, count }));
  expect(shares(10, 3)).toEqual([3, 3, 4]);
  expect(shares(2, 4)).toEqual([1, 1, 1, 1]);
});
