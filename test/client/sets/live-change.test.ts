import { LimitPool } from '../../../src/client/sets/limit-pool';
import { LimitSet } from '../../../src/client/sets/limit-set';
import type { AlgorithmName } from '../../../src/limiter/algorithms/algorithm';
import { CallLimit, RateLimit, ResourceLimit, type Limit } from '../../../src/limiter/definition/limits';
import { FakeClock, settled } from '../../support/fake-clock';

const calls = (capacity: number, windowSeconds = 60, algorithm: AlgorithmName = 'SlidingWindow'): CallLimit<'calls'> =>
  new CallLimit({ key: 'calls', capacity, windowSeconds, algorithm });
const tokens = (capacity: number, more: Partial<ConstructorParameters<typeof RateLimit>[0]> = {}): RateLimit =>
  new RateLimit({
    key: 'tokens',
    windowSeconds: 60,
    capacity,
    algorithm: 'SlidingWindow',
    unused: 'returned',
    ...more,
  });
const permits = (capacity: number, key = 'permits'): ResourceLimit => new ResourceLimit({ key, capacity });

let clock: FakeClock;
const open: LimitSet[] = [];

function define(version: number, limits: readonly Limit[], name = 'live'): LimitSet {
  const set = new LimitSet({ name, version, clock, limits });
  open.push(set);
  return set;
}

async function available(set: LimitSet): Promise<Record<string, number>> {
  const { limits } = await set.getStats();
  return Object.fromEntries(Object.entries(limits).map(([key, stats]) => [key, stats.available]));
}

/** What becomes of an acquisition that waits. */
function followed<T>(acquisition: Promise<T>): { slot: T | undefined; error: unknown } {
  const fate: { slot: T | undefined; error: unknown } = { slot: undefined, error: undefined };
  acquisition.then(
    (slot) => (fate.slot = slot),
    (error: unknown) => (fate.error = error),
  );
  return fate;
}

beforeEach(() => {
  clock = new FakeClock(1_000);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((set) => set.close()));
});

describe('a higher version of a set that is used in this process', () => {
  it('is in force for all sets of the name, at once, and a lower one is not', async () => {
    const first = define(2, [calls(5)]);
    for (let i = 0; i < 3; i += 1) await first.acquire();
    const newer = define(3, [calls(4)]);
    const older = define(1, [calls(100)]);
    for (const set of [first, newer, older]) {
      expect((await set.getStats()).limits).toEqual({ calls: { capacity: 4, available: 1, utilization: 0.75 } });
    }
    expect((await older.tryAcquire()).successful).toBe(true);
    expect((await first.tryAcquire()).successful).toBe(false);
  });

  it('conflicts with another definition under that version, and with nothing else', () => {
    define(1, [calls(5)]);
    define(2, [calls(4)]);
    define(1, [calls(3)]);
    define(2, [calls(4)]);
    define(3, [calls(4)]);
    expect(() => define(3, [calls(5)])).toThrow(/is defined differently under the same version: .* 5 here, but 4/);
  });

  it('is in force although nothing has been acquired', async () => {
    const first = define(1, [calls(5)]);
    define(2, [calls(1)]);
    expect(await available(first)).toEqual({ calls: 1 });
  });

  it('is forgotten with the last set of the name', async () => {
    const [first, newer] = [define(1, [calls(5)]), define(2, [calls(1)])];
    await newer.close();
    expect(await available(first)).toEqual({ calls: 1 });
    await first.close();
    expect(await available(define(1, [calls(5)]))).toEqual({ calls: 5 });
  });
});

describe('what is taken of a window', () => {
  it.each(['SlidingWindow', 'FixedWindow', 'TokenBucket', 'LeakyBucket', 'GCRA'] as const)(
    'stays taken when the capacity changes (%s)',
    async (algorithm) => {
      const set = define(1, [calls(10, 60, algorithm)]);
      for (let i = 0; i < 8; i += 1) await set.acquire();
      define(2, [calls(5, 60, algorithm)]);
      expect((await available(set))['calls']).toBeCloseTo(-3);
      define(3, [calls(20, 60, algorithm)]);
      expect((await available(set))['calls']).toBeCloseTo(12);
    },
  );

  it('stays taken until its window has passed, not longer', async () => {
    const set = define(1, [calls(10)]);
    for (let i = 0; i < 8; i += 1) await set.acquire();
    await clock.advance(30_000);
    define(2, [calls(4)]);
    const fate = followed(set.acquire());
    await clock.advance(29_999);
    expect(fate.slot).toBeUndefined();
    await clock.advance(1);
    expect(fate.slot?.successful).toBe(true);
  });

  it.each([
    ['the algorithm', calls(10, 60, 'TokenBucket')],
    ['the window', calls(10, 3_600)],
  ])('stays taken when %s changes', async (_, next) => {
    const set = define(1, [calls(10)]);
    for (let i = 0; i < 8; i += 1) await set.acquire();
    define(2, [next]);
    expect(await available(set)).toEqual({ calls: 2 });
  });

  it('is settled by the newer limit, whatever of that has changed', async () => {
    for (const next of [
      tokens(50),
      tokens(200),
      tokens(100, { algorithm: 'TokenBucket' }),
      tokens(100, { windowSeconds: 3_600 }),
    ]) {
      const set = define(1, [tokens(100)]);
      const [less, more] = [
        await set.acquire({ requested: { tokens: 40 } }),
        await set.acquire({ requested: { tokens: 10 } }),
      ];
      clock.set(clock.now() + 1_000);
      define(2, [next]);
      less.update({ usage: { tokens: 15 } });
      more.update({ usage: { tokens: 12 } });
      await less.release();
      await more.release();
      expect((await available(set))['tokens']).toBeCloseTo(next.capacity - 27);
      await Promise.all(open.splice(0).map((each) => each.close()));
    }
  });

  it('gives back nothing that had come back by itself before a longer window began', async () => {
    const set = define(1, [tokens(100, { windowSeconds: 1 })]);
    const early = await set.acquire({ requested: { tokens: 60 } });
    await clock.advance(2_000);
    const late = await set.acquire({ requested: { tokens: 80 } });
    define(2, [tokens(100, { windowSeconds: 3_600 })]);
    early.update({ usage: { tokens: 0 } });
    await early.release();
    expect(await available(set)).toEqual({ tokens: 20 });
    late.update({ usage: { tokens: 50 } });
    await late.release();
    expect(await available(set)).toEqual({ tokens: 50 });
  });

  it('is settled through several changes', async () => {
    const set = define(1, [tokens(100), permits(3)]);
    const slot = await set.acquire({ requested: { tokens: 50 } });
    define(2, [permits(5), tokens(80, { algorithm: 'GCRA' })]);
    define(3, [calls(9), tokens(60, { algorithm: 'FixedWindow', windowSeconds: 600 }), permits(4)]);
    slot.update({ usage: { tokens: 20 } });
    await slot.release();
    expect(await available(set)).toEqual({ calls: 9, tokens: 40, permits: 4 });
  });
});

describe('permits that are held', () => {
  it('stay held when there are fewer, and come back to the newer limit', async () => {
    const set = define(1, [permits(3)]);
    const held = [await set.acquire(), await set.acquire(), await set.acquire()];
    define(2, [permits(1)]);
    expect(await available(set)).toEqual({ permits: 0 });
    const fate = followed(set.acquire());
    await held[0]!.release();
    await held[1]!.release();
    await settled();
    expect(fate.slot).toBeUndefined();
    await held[2]!.release();
    await settled();
    expect(fate.slot?.successful).toBe(true);
    expect(held.some(({ signal }) => signal.aborted)).toBe(false);
    await fate.slot!.release();
    expect(await available(set)).toEqual({ permits: 1 });
  });

  it('are found where their limit stands now', async () => {
    const set = define(1, [permits(3, 'a'), permits(3, 'b')]);
    const slot = await set.acquire({ requested: { a: 2, b: 1 } });
    define(2, [permits(4, 'b'), permits(4, 'a')]);
    expect(await available(set)).toEqual({ a: 2, b: 3 });
    await slot.release();
    expect(await available(set)).toEqual({ a: 4, b: 4 });
  });

  it('of a limit that was gone for a while are not given back twice', async () => {
    const set = define(1, [permits(2), permits(9, 'other')]);
    const old = await set.acquire({ requested: { permits: 2 } });
    define(2, [permits(9, 'other')]);
    define(3, [permits(2), permits(9, 'other')]);
    await set.acquire({ requested: { permits: 2 } });
    await old.release();
    expect(await available(set)).toEqual({ permits: 0, other: 8 });
  });
});

describe('a limit that is added or removed', () => {
  it('counts from now on for whoever asks, also for those who do not know of it', async () => {
    const set = define(1, [permits(5)]);
    const before = await set.acquire();
    define(2, [permits(5), calls(1)]);
    await set.acquire();
    const fate = followed(set.acquire({ timeout: 10 }));
    await clock.advance(10);
    expect(fate.error).toMatchObject({ name: 'AcquireTimeoutError', limit: 'calls' });
    await before.release();
    expect(await available(set)).toEqual({ permits: 4, calls: 0 });
  });

  it('may be named on by those who do not know that it is gone', async () => {
    const set = define(1, [permits(5), tokens(100)]);
    const before = await set.acquire({ requested: { tokens: 50 } });
    define(2, [permits(5)]);
    const after = await set.acquire({ requested: { tokens: 50 } });
    expect(after.requested).toEqual({ permits: 1 });
    for (const slot of [before, after]) {
      slot.update({ usage: { tokens: 10 } });
      await slot.release();
    }
    await expect(set.acquire({ requested: { typo: 1 } })).rejects.toMatchObject({ name: 'UnknownLimitError' });
    expect(await available(set)).toEqual({ permits: 5 });
  });
});

describe('those that wait when the limits change', () => {
  it('are served at once where there is room now, in their order', async () => {
    const set = define(1, [calls(1)]);
    await set.acquire();
    const served: number[] = [];
    for (let i = 0; i < 4; i += 1) void set.acquire().then(() => served.push(i));
    await settled();
    expect(served).toEqual([]);
    define(2, [calls(3)]);
    await settled();
    expect(served).toEqual([0, 1]);
    await clock.advance(60_000);
    expect(served).toEqual([0, 1, 2, 3]);
  });

  it('wait on by the newer limits, where those give less', async () => {
    const set = define(1, [calls(4, 60)]);
    for (let i = 0; i < 4; i += 1) await set.acquire();
    const served: number[] = [];
    for (let i = 0; i < 4; i += 1) void set.acquire().then(() => served.push(i));
    await settled();
    define(2, [calls(2, 60)]);
    await clock.advance(60_000);
    expect(served).toEqual([0, 1]);
    await clock.advance(60_000);
    expect(served).toEqual([0, 1, 2, 3]);
  });

  it('fail at once if they ask for more than there will ever be, and hold up nobody', async () => {
    const set = define(1, [permits(5)]);
    const held = await set.acquire({ requested: { permits: 4 } });
    const [big, small] = [3, 2].map((amount) =>
      followed(set.acquire({ requested: { permits: amount }, timeout: '1h' })),
    );
    await settled();
    define(2, [permits(2)]);
    await settled();
    expect(big!.error).toMatchObject({ name: 'RequestExceedsCapacityError', capacity: 2 });
    await expect(set.acquire({ requested: { permits: 3 } })).rejects.toMatchObject({ capacity: 2 });
    await held.release();
    await settled();
    expect(small!.slot?.successful).toBe(true);
    expect(clock.armed).toBe(0);
  });

  it('take of a limit that was added, and nothing of one that was removed', async () => {
    const set = define(1, [permits(1), permits(1, 'old')]);
    const held = await set.acquire();
    const fate = followed(set.acquire());
    await settled();
    define(2, [permits(1, 'new'), permits(2)]);
    await settled();
    expect(fate.slot?.requested).toEqual({ new: 1, permits: 1 });
    await held.release();
    expect(await available(set)).toEqual({ new: 0, permits: 1 });
    await fate.slot!.release();
    expect(await available(set)).toEqual({ new: 1, permits: 2 });
  });

  it('hold up nobody who asks for something else, wherever that stands now', async () => {
    const set = define(1, [permits(1), permits(1, 'other')]);
    await set.acquire({ requested: { permits: 1, other: 0 } });
    const fate = followed(set.acquire({ requested: { permits: 1, other: 0 } }));
    await settled();
    define(2, [permits(1, 'other'), permits(1)]);
    expect((await set.tryAcquire({ requested: { permits: 0, other: 1 } })).successful).toBe(true);
    expect(fate.slot).toBeUndefined();
  });

  it('keep their priority, their timeout and their signal', async () => {
    const set = define(1, [permits(1)]);
    const held = await set.acquire();
    const controller = new AbortController();
    const low = followed(set.acquire({ timeout: 100 }));
    const high = followed(set.acquire({ priority: 1 }));
    const aborted = followed(set.acquire({ signal: controller.signal }));
    await clock.advance(60);
    define(2, [permits(1), permits(1, 'other')]);
    controller.abort('enough');
    await clock.advance(39);
    expect([low.error, aborted.error]).toEqual([undefined, 'enough']);
    await clock.advance(1);
    expect(low.error).toMatchObject({ name: 'AcquireTimeoutError', timeoutMs: 100 });
    await held.release();
    await settled();
    expect(high.slot?.successful).toBe(true);
  });

  it('are more than may wait from now on only if they had waited before', async () => {
    const limits = [permits(1)];
    const set = new LimitSet({ name: 'live', version: 1, clock, limits, maxWaiting: 2 });
    open.push(set);
    const held = await set.acquire();
    const waiting = [followed(set.acquire()), followed(set.acquire())];
    await settled();
    define(2, [permits(1), permits(1, 'other')]);
    await expect(set.acquire()).rejects.toMatchObject({ name: 'QueueFullError' });
    await held.release();
    await settled();
    expect(waiting.map(({ slot, error }) => [slot !== undefined, error])).toEqual([
      [true, undefined],
      [false, undefined],
    ]);
  });
});

describe('a nested acquisition', () => {
  it('continues not to take the permits of the one around it', async () => {
    const set = define(1, [permits(1), tokens(10)]);
    const result = await set.use({ requested: { permits: 1, tokens: 10 } }, async (outer) => {
      outer.update({ usage: { tokens: 10 } });
      const inner = set.use({ requested: { tokens: 5 } }, (slot) => {
        slot.update({ usage: { tokens: 5 } });
        return slot.requested;
      });
      await settled();
      define(2, [tokens(20), permits(1)]);
      return inner;
    });
    expect(result).toEqual({ tokens: 5 });
    expect(await available(set)).toEqual({ tokens: 5, permits: 1 });
  });
});

describe('a pool of sets that are changed live', () => {
  const pool = (limitSets: readonly LimitSet[]): LimitPool => new LimitPool({ limitSets });

  it('serves what waits where there is room now', async () => {
    const sets = [define(1, [calls(1)], 'a'), define(1, [calls(1)], 'b')];
    const both = pool(sets);
    await both.acquire();
    await both.acquire();
    const fate = followed(both.acquire());
    await settled();
    define(2, [calls(2)], 'b');
    await settled();
    expect(fate.slot?.index).toBe(1);
    expect((await both.getStats()).limitSets.map(({ waiting }) => waiting)).toEqual([0, 0]);
  });

  it('has what became too big for one set wait at the others, and fail when it is too big for all', async () => {
    const sets = [define(1, [permits(3)], 'a'), define(1, [permits(3)], 'b')];
    const both = pool(sets);
    const held = [await sets[0]!.acquire(), await sets[1]!.acquire()];
    const [first, second] = [0, 1].map(() => followed(both.acquire({ requested: { permits: 3 } })));
    await settled();
    define(2, [permits(2)], 'a');
    await settled();
    expect([first!.error, second!.error]).toEqual([undefined, undefined]);
    await held[1]!.release();
    await settled();
    expect(first!.slot?.index).toBe(1);
    define(2, [permits(1)], 'b');
    await settled();
    expect(second!.error).toMatchObject({ name: 'RequestExceedsCapacityError' });
    await first!.slot!.release();
    expect(await available(sets[1]!)).toEqual({ permits: 1 });
  });
});
