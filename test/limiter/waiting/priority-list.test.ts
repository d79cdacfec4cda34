import fc from 'fast-check';

import { PriorityList } from '../../../src/limiter/waiting/wait-queue';

interface Item {
  readonly priority: number;
}

const scattered = (count: number): Item[] =>
  Array.from({ length: count }, (_, i) => ({ priority: (i * 7919) % count }));
const descending = (items: readonly Item[]): Item[] => items.toSorted((a, b) => b.priority - a.priority);

function listOf(items: readonly Item[]): PriorityList<Item> {
  const list = new PriorityList<Item>();
  for (const item of items) list.insert(item);
  return list;
}

test('keeps what is in it in the order of the priorities, whatever comes and goes', () => {
  const steps = fc.array(fc.record({ priority: fc.integer({ min: -20, max: 20 }), leaves: fc.boolean() }));
  fc.assert(
    fc.property(steps, (moves) => {
      const list = new PriorityList<Item>();
      const model = new Map<number, Item>();
      for (const { priority, leaves } of moves) {
        const known = model.get(priority);
        expect(list.find(priority)).toBe(known);
        if (known === undefined) {
          const item = { priority };
          model.set(priority, item);
          list.insert(item);
        } else if (leaves) {
          model.delete(priority);
          list.remove(known);
        }
        expect([...list]).toEqual(descending([...model.values()]));
        expect(list.first).toBe([...list][0]);
      }
    }),
  );
});

test('looks at some dozens of items to find a place among 10,000, wherever that is', () => {
  let looks = 0;
  const counted = scattered(10_000).map(({ priority }) => ({
    get priority() {
      looks += 1;
      return priority;
    },
  }));
  const list = listOf(counted);
  for (let sought = 0; sought < 10_000; sought += 100) {
    looks = 0;
    list.find(sought + 0.5);
    expect(looks).toBeLessThan(100);
  }
});

test('is the same in every replay, and so takes as many looks', () => {
  const looksOf = (): number => {
    let looks = 0;
    listOf(
      scattered(100).map(({ priority }) => ({
        get priority() {
          looks += 1;
          return priority;
        },
      })),
    );
    return looks;
  };
  expect(looksOf()).toBe(looksOf());
});

test('continues to the rest when the one at hand is removed while it is walked', () => {
  const items = scattered(1_000);
  const list = listOf(items);
  const walked: Item[] = [];
  for (const item of list) {
    walked.push(item);
    list.remove(item);
  }
  expect(walked).toEqual(descending(items));
  expect(list.first).toBeUndefined();
});
