import { type IndexedItem, type NotServed, type RoutedSet } from '../../../src/workflows/batch/batch-protocol';
import { BatchRouter, type ItemEnd } from '../../../src/workflows/batch/batch-router';

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
  const ends = new Map<string, (end: ItemEnd) => void>();
  const items = new Map<string, IndexedItem>();
  const recalled: string[] = [];
  const probes: string[] = [];
  const givenUp: string[] = [];
  let now = 0;
  const router = new BatchRouter(
    sets,
    { loadBalancing: 'RoundRobin', workerIndex: 0, failover },
    { dispatched: 0 },
    {
      doItem: (started, { name }, isProbe) => {
        at.set(started.id, name);
        items.set(started.id, started);
        if (isProbe) probes.push(`${started.id} at ${name}`);
        return new Promise((resolve) => ends.set(started.id, resolve));
      },
      recall: async (ids) => void recalled.push(...ids),
      giveUp: ({ id }, { name }, { type }) => void givenUp.push(`${id} at ${name}: ${type}`),
    },
    Math.random,
    () => (now += 1),
  );
  const end = async (id: string, how: ItemEnd = 'answered'): Promise<void> => {
    ends.get(id)?.(how);
    await new Promise(setImmediate);
  };
  /** It comes back undone: its account has failed it, or nobody is served. */
  const comeBack = (id: string, notServed: NotServed): Promise<void> => {
    const sent = items.get(id) ?? item(id);
    const attemptsBefore = (sent.attemptsBefore ?? 0) + (notServed.met === undefined ? 0 : 1);
    return end(id, { item: { ...sent, attemptsBefore }, notServed });
  };
  const pass = (ms: number): void => void (now += ms);
  return { router, at, recalled, end, probes, givenUp, comeBack, pass };
}

it('asks again for what was asked back and has not come: no worker had it yet', async () => {
  const { router, recalled, end, pass } = route([set('slow', { bound: 9 }), set('fast', { speed: 100 })]);
  for (const id of ['1', '2', '3', '4', '5']) router.route(item(id));
  router.finish();
  const asked = recalled.splice(0);
  expect(asked.length).toBeGreaterThan(1);
  await end('2');
  expect(recalled).toEqual([]);
  pass(1_000);
  await end('4');
  expect(recalled).toEqual(asked);
});

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
  await end('7', { item: item('7') });
  await end('2');
  expect(at.get('7')).toBe('fast');
});

describe('between sets whose windows are known', () => {
  const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i + 1));
  const windowed = { bound: 9, windows: [{ items: 4, seconds: 10, isBurst: true }] };

  it('does not take a set that has just used up its window for one that is ahead', async () => {
    const { router, recalled, end } = route([set('a', windowed), set('b', windowed)]);
    for (const id of ids(16)) router.route(item(id));
    for (const id of ['1', '3', '5', '7']) await end(id);
    router.finish();
    expect(recalled).toEqual([]);
  });

  it('moves what another set gets to in an earlier window, and fills their last ones alike', async () => {
    const { router, recalled, end, pass } = route([set('a', windowed), set('b', windowed)]);
    for (const id of ids(12)) router.route(item(id));
    for (const id of ['2', '4', '6', '8', '10', '12']) await end(id);
    pass(10_000);
    router.finish();
    expect(recalled).toEqual(['11', '9', '7']);
  });

  it('goes by the window that takes longest', () => {
    const wide = { ...windowed, bound: 30 };
    const minute = { ...wide, windows: [...wide.windows, { items: 8, seconds: 60, isBurst: true }] };
    const { router, recalled } = route([set('a', minute), set('b', wide)]);
    for (const id of ids(19)) router.route(item(id));
    router.finish();
    expect(recalled).toEqual(['19', '17']);
  });
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
  await end('1', { item: item('1') });
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
    await end('2', { item: item('2') });
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

describe('where a provider does not serve', () => {
  const rejected: NotServed = {
    isAside: true,
    met: { outcome: 'failed', error: { type: 'RequestRejected', message: 'no' } },
  };
  const broken: NotServed = { ...rejected, isAside: false };
  const unasked: NotServed = { isAside: true };

  it('begins with one item at each set, and fills those that answer', async () => {
    const { router, at, probes, end } = route([set('a', { bound: 2 }), set('b', { bound: 2 })]);
    router.tryOut();
    for (const id of ['1', '2']) router.route(item(id));
    expect(router.hasRoom).toBe(false);
    expect(probes).toEqual(['1 at a', '2 at b']);
    await end('1');
    expect(router.hasRoom).toBe(true);
    for (const id of ['3', '4']) router.route(item(id));
    expect([at.get('3'), at.get('4'), router.hasRoom]).toEqual(['a', 'a', false]);
    router.trust('b');
    router.route(item('5'));
    expect(at.get('5')).toBe('b');
    expect(probes).toHaveLength(2);
  });

  it('does not trust a set whose first item has failed', async () => {
    const { router, probes, comeBack } = route([set('a')]);
    router.tryOut();
    router.route(item('1'));
    await comeBack('1', broken);
    router.trust('a');
    expect([router.hasRoom, probes]).toEqual([false, ['1 at a', '1 at a']]);
  });

  it('sends on what waits for a set that does not serve', async () => {
    const { router, at, end, comeBack } = route([set('a', { bound: 1 }), set('b', { bound: 1 })]);
    for (const id of ['1', '2', '3', '4', '5']) router.route(item(id));
    await comeBack('1', rejected);
    for (let i = 0; i < 4; i += 1) {
      expect(router.underWay['b']).toBe(1);
      for (const id of [...at.keys()].filter((key) => at.get(key) === 'b')) await end(id);
    }
    expect(router.underWay).toEqual({ a: 1, b: 0 });
  });

  it('does the item elsewhere that met it, and has one item there from then on', async () => {
    const { router, at, probes, comeBack } = route([set('a'), set('b', { bound: 9 })]);
    for (const id of ['1', '2', '3', '4']) router.route(item(id));
    await comeBack('1', rejected);
    expect(at.get('1')).toBe('b');
    for (const id of ['5', '6', '7', '8']) router.route(item(id));
    expect(probes).toHaveLength(1);
    expect(router.underWay).toEqual({ a: 2, b: 6 });
  });

  it('tries again with another item each time, and fills the set once one is answered', async () => {
    const { router, probes, end, comeBack } = route([set('a', { bound: 3 })]);
    for (const id of ['1', '2', '3']) router.route(item(id));
    await comeBack('1', rejected);
    expect(probes).toEqual(['1 at a']);
    for (const id of ['2', '3']) await comeBack(id, unasked);
    await comeBack('1', rejected);
    await comeBack('2', rejected);
    expect(probes).toEqual(['1 at a', '2 at a', '3 at a']);
    expect(router.underWay).toEqual({ a: 1 });
    await end('3');
    expect(router.underWay).toEqual({ a: 2 });
  });

  it('keeps all items while no set serves, and sends them to the first that does', async () => {
    const { router, at, end, comeBack, givenUp } = route([set('a', { bound: 2 }), set('b', { bound: 2 })]);
    for (const id of ['1', '2', '3', '4']) router.route(item(id));
    for (const id of ['1', '2', '3', '4']) await comeBack(id, rejected);
    expect(router.underWay).toEqual({ a: 1, b: 1 });
    expect([router.hasRoom, router.isIdle, givenUp]).toEqual([false, false, []]);
    const atB = [...at].filter(([, place]) => place === 'b').map(([id]) => id);
    await end(atB.find((id) => id !== '4') ?? '4');
    expect(router.underWay).toEqual({ a: 1, b: 2 });
  });

  it("takes the failure for the item's own where the account has served others since, and no other serves it", async () => {
    const { router, at, end, comeBack, givenUp } = route([set('a'), set('b')]);
    for (const id of ['odd', '2', '3']) router.route(item(id));
    await comeBack('odd', rejected);
    await comeBack('odd', rejected);
    expect(givenUp).toEqual([]);
    for (const id of ['2', '3']) await end(id);
    for (const id of ['4', '5']) {
      router.route(item(id));
      await end(id);
    }
    expect(at.get('odd')).toBeDefined();
    await comeBack('odd', rejected);
    await comeBack('odd', rejected);
    expect(givenUp).toEqual([expect.stringMatching(/^odd at [ab]: RequestRejected$/)]);
    expect(router.isIdle).toBe(true);
  });

  it('does not try an item without end', async () => {
    const { router, comeBack, givenUp } = route([set('a')]);
    router.tryOut();
    router.route(item('1'));
    for (let i = 0; i < 8; i += 1) {
      expect(givenUp).toEqual([]);
      await comeBack('1', broken);
    }
    expect(givenUp).toEqual(['1 at a: RequestRejected']);
  });

  it('leaves an item where its turn was if it may not fail over', async () => {
    const { router, at, comeBack, probes } = route([set('a'), set('b')], false);
    for (const id of ['1', '2']) router.route(item(id));
    await comeBack('1', rejected);
    expect([at.get('1'), probes]).toEqual(['a', ['1 at a']]);
  });

  it('has nothing wait for a set that does not serve once no more items come', async () => {
    const { router, at, recalled, end, comeBack } = route([set('a'), set('b')]);
    for (const id of ['1', '2', '3']) router.route(item(id));
    await comeBack('1', rejected);
    await comeBack('3', unasked);
    router.finish();
    expect(recalled).toEqual(['3']);
    await end('3', { item: item('3') });
    expect(at.get('3')).toBe('b');
  });
});
