import { ItemGroups } from '../../../src/workflows/batch/item-groups';
import { type IndexedItem, type RoutedSet } from '../../../src/workflows/batch/batch-protocol';

const item = (number: number, more: Partial<IndexedItem> = {}): IndexedItem => ({
  ...{ id: `item-${number}`, offset: number, length: 1, maxTokens: 1, inputTokens: 1 },
  ...more,
});

const setOf = (name: string, speed: number, bound = 100): RoutedSet => ({
  ...{ name, taskQueue: name, bound, speed },
  largest: { inputTokens: null, maxTokens: null },
});

/** Groups of which it is seen which items each has; each item's outcome is its own number. */
function watched({ left = 1_000_000, sets = 2 } = {}) {
  const sent: { readonly set: string; readonly numbers: number[]; readonly isProbe: boolean }[] = [];
  const groups = new ItemGroups<number>(
    async (items, { name }, isProbe) => {
      const numbers = items.map(({ offset }) => offset);
      sent.push({ set: name, numbers, isProbe });
      return numbers;
    },
    () => left,
    sets,
  );
  const sizes = (): number[] => sent.map(({ numbers }) => numbers.length);
  return { groups, sent, sizes };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

it('tells each item what became of it', async () => {
  const { groups } = watched();
  const set = setOf('one', 10);
  const outcomes = numbers(50).map((number) => groups.do(item(number), set));
  groups.send();
  expect(await Promise.all(outcomes)).toEqual(numbers(50));
});

it('sends nothing before it is told to, and then what waits for each set', () => {
  const { groups, sent } = watched();
  const [one, two] = [setOf('one', 10), setOf('two', 10)];
  expect(groups.hasWaiting).toBe(false);
  void groups.do(item(0), one);
  void groups.do(item(1), two);
  void groups.do(item(2), one);
  expect(sent).toEqual([]);
  expect(groups.hasWaiting).toBe(true);
  groups.send();
  expect(groups.hasWaiting).toBe(false);
  expect(sent).toEqual([
    { set: 'one', numbers: [0, 2], isProbe: false },
    { set: 'two', numbers: [1], isProbe: false },
  ]);
});

it('gives back what it has not sent, of sets whose windows are known', async () => {
  const { groups, sent } = watched();
  const [told, untold] = [{ ...setOf('told', 10), windows: [] }, setOf('untold', 10)];
  void groups.do(item(0), told);
  groups.send();
  const back = [1, 2].map((number) => groups.do(item(number), told));
  void groups.do(item(3), told);
  void groups.do(item(4), untold);
  expect(
    groups.giveBack(
      [0, 1, 2, 4].map((number) => item(number).id),
      -1,
    ),
  ).toEqual([item(0).id, item(4).id]);
  expect(await Promise.all(back)).toEqual([-1, -1]);
  groups.send();
  expect(sent.map(({ numbers }) => numbers)).toEqual([[0], [3], [4]]);
  void groups.do(item(5), told);
  expect(groups.giveBack([item(5).id], -1)).toEqual([]);
  expect(groups.hasWaiting).toBe(false);
});

it.each([
  ['what the set does in two seconds', { speed: 5 }, {}, [10, 10, 10, 10]],
  ['a quarter of what the set has at once', { speed: 1_000 }, {}, [20, 20]],
  ['one at least', { speed: 0.01 }, {}, numbers(40).map(() => 1)],
  ['less towards the end', { speed: 1_000 }, { left: 128 }, [8, 8, 8, 8, 8]],
  ['one at the end', { speed: 1_000 }, { left: 16 }, numbers(40).map(() => 1)],
])('a group is %s', (_, { speed }, left, expected) => {
  const { groups, sizes } = watched(left);
  const set = setOf('one', speed, 80);
  for (const number of numbers(40)) void groups.do(item(number), set);
  groups.send();
  expect(sizes()).toEqual(expected);
});

it('groups are of like size: a small one would go round for ever', () => {
  const { groups, sizes } = watched();
  const set = setOf('one', 5);
  for (const number of numbers(21)) void groups.do(item(number), set);
  groups.send();
  expect(sizes()).toEqual([7, 7, 7]);
});

it('a probe goes alone and at once, and so does an item that is tried again', async () => {
  const { groups, sent } = watched();
  const set = setOf('one', 10);
  void groups.do(item(0), set);
  expect(await groups.probe(item(1), set)).toBe(1);
  expect(await groups.do(item(2, { lost: 1 }), set)).toBe(2);
  expect(await groups.do(item(3, { retry: { attempts: 1, waitMs: 1_000 } }), set)).toBe(3);
  expect(sent).toEqual([
    { set: 'one', numbers: [1], isProbe: true },
    { set: 'one', numbers: [2], isProbe: false },
    { set: 'one', numbers: [3], isProbe: false },
  ]);
});
