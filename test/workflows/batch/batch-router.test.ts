import { type IndexedItem, type RoutedSet } from '../../../src/workflows/batch/batch-protocol';
import { BatchRouter } from '../../../src/workflows/batch/batch-router';

const set = (name: string, options: Partial<RoutedSet> = {}): RoutedSet => ({
  name,
  taskQueue: name,
  bound: 4,
  speed: 1,
  largest: { inputTokens: null, maxTokens: null },
  ...options,
});

const item = (id: string, inputTokens = 1): IndexedItem => ({ id, offset: 0, length: 0, maxTokens: 1, inputTokens });

/** A router whose items end, or come back, when the test says so. */
function route(sets: readonly RoutedSet[], failover = true) {
  const at = new Map<string, string>();
  const ends = new Map<string, (givenBack?: IndexedItem) => void>();
  const recalled: string[] = [];
  const router = new BatchRouter(
    sets,
    { loadBalancing: 'RoundRobin', workerIndex: 0, failover },
    { dispatched: 0 },
    {
      doItem: ({ id }, { name }) => {
        at.set(id, name);
        return new Promise((resolve) => ends.set(id, resolve));
      },
      recall: async (ids) => void recalled.push(...ids),
    },
    Math.random,
  );
  const end = async (id: string, givenBack?: IndexedItem): Promise<void> => {
    ends.get(id)?.(givenBack);
    await new Promise(setImmediate);
  };
  return { router, at, recalled, end };
}

it('takes the sets in turn, and another where one has no room', () => {
  const { router, at } = route([set('a', { bound: 1 }), set('b')]);
  for (const id of ['1', '2', '3', '4']) router.route(item(id));
  expect(Object.fromEntries(at)).toEqual({ 1: 'a', 2: 'b', 3: 'b', 4: 'b' });
});

it('keeps the turn where failover is off, and holds the item until there is room', async () => {
  const { router, at, end } = route([set('a', { bound: 1 }), set('b')], false);
  for (const id of ['1', '2', '3']) router.route(item(id));
  expect(at.get('3')).toBeUndefined();
  await end('1');
  expect(at.get('3')).toBe('a');
});

it('sends a large item only where it fits, and tells if it fits nowhere', () => {
  const { router, at } = route([set('a', { largest: { inputTokens: 5, maxTokens: null } }), set('b')]);
  router.route(item('1', 10));
  expect(at.get('1')).toBe('b');
  expect(route([set('a', { largest: { inputTokens: 5, maxTokens: null } })]).router.route(item('1', 10))).toBe(false);
  const largest = { inputTokens: null, maxTokens: null, units: { images: 2 } };
  const imagesAt = (images: number) =>
    route([set('a', { largest })]).router.route({ ...item('1', 10), units: { images } });
  expect([imagesAt(2), imagesAt(3)]).toEqual([true, false]);
});

it('has no more under way than a set is bound to', () => {
  const { router } = route([set('a'), set('b', { bound: 2 })]);
  while (router.hasRoom) router.route(item(String(Math.random())));
  expect(router.underWay).toEqual({ a: 4, b: 2 });
});

it('asks the last items back from a set that would end late, newest first, and sends them to one that would not', async () => {
  const { router, at, recalled, end } = route([set('slow', { speed: 1 }), set('fast', { speed: 4 })]);
  for (const id of ['1', '2', '3', '4', '5', '6', '7', '8']) router.route(item(id));
  router.finish();
  expect(recalled).toEqual(['7', '5', '3']);
  await end('7', item('7'));
  await end('2');
  expect(at.get('7')).toBe('fast');
});

it('asks an item back once, and takes it as done where it was at the provider already', async () => {
  const { router, recalled, end } = route([set('slow'), set('fast', { speed: 100 })]);
  router.route(item('1'));
  router.finish();
  expect(recalled).toEqual(['1']);
  await end('1');
  expect(router.isIdle).toBe(true);
});

it('starts nothing more once it is stopped, and keeps what comes back', async () => {
  const { router, recalled, end } = route([set('a', { bound: 1 })], false);
  router.route(item('1'));
  router.route(item('2'));
  await router.stop();
  expect(recalled).toEqual(['1']);
  await end('1', item('1'));
  expect(router.isIdle).toBe(true);
  expect(router.leftover.map(({ id }) => id)).toEqual(['2', '1']);
});

describe('while it is paused', () => {
  it('starts nothing, and asks for what has not been started at a provider', async () => {
    const { router, at, recalled, end } = route([set('a', { bound: 2 })]);
    for (const id of ['1', '2', '3']) router.route(item(id));
    router.pause();
    expect(recalled).toEqual(['1', '2']);
    await end('1');
    await end('2', item('2'));
    expect(router.underWay).toEqual({ a: 0 });
    expect(at.has('3')).toBe(false);
    expect(router.isIdle).toBe(false);

    router.resume();
    expect(router.underWay).toEqual({ a: 2 });
    await end('3');
    await end('2');
    expect(router.isIdle).toBe(true);
  });

  it('can be stopped, and keeps all that was not started', async () => {
    const { router, end } = route([set('a', { bound: 1 })]);
    router.pause();
    for (const id of ['1', '2']) router.route(item(id));
    await router.stop();
    expect(router.isIdle).toBe(true);
    expect(router.leftover.map(({ id }) => id)).toEqual(['1', '2']);
    await end('1');
  });
});
