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
  const outcomes = new Map<number, number>();
  const add = (one: IndexedItem, set: RoutedSet): void => {
    groups.do(one, set, (outcome) => outcomes.set(one.offset, outcome));
  };
  const sizes = (): number[] => sent.map(({ numbers }) => numbers.length);
  return { groups, add, outcomes, sent, sizes };
}

const settled = (): Promise<void> => new Promise(setImmediate);

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

it('tells each item what became of it', async () => {
  const { groups, add, outcomes } = watched();
  const set = setOf('one', 10);
  for (const number of numbers(50)) add(item(number), set);
  groups.send();
  expect(outcomes).toEqual(new Map());
  await settled();
  expect(outcomes).toEqual(new Map(numbers(50).map((number) => [number, number])));
});

it('sends nothing before it is told to, and then what waits for each set', () => {
  const { groups, add, sent } = watched();
  const [one, two] = [setOf('one', 10), setOf('two', 10)];
  expect(groups.hasWaiting).toBe(false);
  add(item(0), one);
  add(item(1), two);
  add(item(2), one);
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
  const { groups, add, outcomes, sent } = watched();
  const [told, untold] = [{ ...setOf('told', 10), windows: [] }, setOf('untold', 10)];
  add(item(0), told);
  groups.send();
  for (const number of [1, 2]) add(item(number), told);
  add(item(3), told);
  add(item(4), untold);
  expect(
    groups.giveBack(
      [0, 1, 2, 4].map((number) => item(number).id),
      -1,
    ),
  ).toEqual([item(0).id, item(4).id]);
  // whoever gives back is told of it after that
  expect(outcomes).toEqual(new Map());
  await settled();
  expect(outcomes).toEqual(
    new Map([
      [0, 0],
      [1, -1],
      [2, -1],
    ]),
  );
  groups.send();
  expect(sent.map(({ numbers }) => numbers)).toEqual([[0], [3], [4]]);
  add(item(5), told);
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
  const { groups, add, sizes } = watched(left);
  const set = setOf('one', speed, 80);
  for (const number of numbers(40)) add(item(number), set);
  groups.send();
  expect(sizes()).toEqual(expected);
});

it('groups are of like size: a small one would go round for ever', () => {
  const { groups, add, sizes } = watched();
  const set = setOf('one', 5);
  for (const number of numbers(21)) add(item(number), set);
  groups.send();
  expect(sizes()).toEqual([7, 7, 7]);
});

it('a probe goes alone and at once, and so does an item that is tried again', async () => {
  const { groups, add, outcomes, sent } = watched();
  const set = setOf('one', 10);
  add(item(0), set);
  groups.probe(item(1), set, (outcome) => outcomes.set(1, outcome));
  add(item(2, { lost: 1 }), set);
  add(item(3, { retry: { attempts: 1, waitMs: 1_000 } }), set);
  await settled();
  expect([...outcomes].sort()).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  expect(sent).toEqual([
    { set: 'one', numbers: [1], isProbe: true },
    { set: 'one', numbers: [2], isProbe: false },
    { set: 'one', numbers: [3], isProbe: false },
  ]);
});
