import { LimitPool, type LimitPoolOptions } from '../../../src/client/sets/limit-pool';
import { LimitSet } from '../../../src/client/sets/limit-set';
import { CallLimit, RateLimit, ResourceLimit } from '../../../src/limiter/definition/limits';
import { FakeClock } from '../../support/fake-clock';

const makeSet = (i: number, capacity = 1) =>
  new LimitSet({
    name: `set-${i}`,
    shared: false,
    limits: [new ResourceLimit({ key: 'connections', capacity })],
    config: { i },
  });

const makePool = (size: number, options: Partial<LimitPoolOptions> = {}) =>
  new LimitPool({ limitSets: Array.from({ length: size }, (_, i) => makeSet(i)), ...options });

const chosen = async (pool: LimitPool, calls: number) => {
  const indices: number[] = [];
  for (let i = 0; i < calls; i += 1) indices.push((await pool.tryAcquire()).index);
  return indices;
};

describe('a pool', () => {
  it('takes one set after the other, and says which', async () => {
    const pool = makePool(3);
    const slot = await pool.acquire();
    expect([slot.index, slot.limitSet, slot.config]).toEqual([0, 'set-0', { i: 0 }]);
    expect(await chosen(pool, 2)).toEqual([1, 2]);
  });

  it.each([
    [1, [1, 2, 0]],
    [7, [1, 2, 0]],
    [Number.MAX_SAFE_INTEGER, [1, 2, 0]],
  ])('begins at its own offset: worker %d', async (workerIndex, order) => {
    expect(await chosen(makePool(3, { workerIndex }), 3)).toEqual(order);
  });

  it('takes a free set instead of one that would make it wait, and still advances by one', async () => {
    const pool = makePool(3);
    await pool.at(0).acquire();
    expect(await chosen(pool, 1)).toEqual([1]);
    expect((await pool.getStats()).balancerStats).toEqual({ dispatched: 1, next: 1 });
    expect(await chosen(pool, 1)).toEqual([2]);
    const refused = await pool.tryAcquire();
    expect([refused.index, refused.successful]).toEqual([2, false]);
  });

  it('waits at the set whose turn it is if all are busy, or if it may not take another', async () => {
    const pool = makePool(2, { failover: false });
    const first = await pool.at(0).acquire();
    const waiting = pool.acquire();
    await first.release();
    expect((await waiting).index).toBe(0);
  });

  it('throws what the set whose turn it is throws, which uses up the turn', async () => {
    const withTokens = new LimitSet({ limits: [new RateLimit({ key: 'tokens', windowSeconds: 1, capacity: 5 })] });
    const pool = new LimitPool({ limitSets: [makeSet(0), withTokens], failover: false });
    await expect(pool.acquire({ requested: { tokens: 1 } })).rejects.toMatchObject({ name: 'UnknownLimitError' });
    expect((await pool.acquire({ requested: { tokens: 1 } })).index).toBe(1);
    await expect(pool.use({ requested: { tokens: 9 } }, () => 1)).rejects.toMatchObject({ key: 'tokens' });
    expect((await pool.getStats()).balancerStats).toEqual({ dispatched: 3, next: 1 });
  });

  it('takes a set that can serve the request at all', async () => {
    const pool = new LimitPool({ limitSets: [makeSet(0, 2), makeSet(1, 8)] });
    expect((await pool.acquire({ requested: { connections: 5 } })).index).toBe(1);
    expect((await pool.tryAcquire({ requested: { connections: 5 } })).index).toBe(1);
    const tooMuch = { name: 'RequestExceedsCapacityError', capacity: 2 };
    await expect(pool.acquire({ requested: { connections: 9 } })).rejects.toMatchObject(tooMuch);
    expect((await pool.getStats()).balancerStats.dispatched).toBe(3);
  });

  it('fails over only to sets for which the request is valid', async () => {
    const other = new LimitSet({ limits: [new ResourceLimit({ key: 'other', capacity: 9 })] });
    const pool = new LimitPool({ limitSets: [makeSet(0), other, makeSet(2)] });
    await pool.at(0).acquire();
    expect((await pool.tryAcquire({ requested: { connections: 1 } })).index).toBe(2);
  });

  it('takes any set at random', async () => {
    const chances = [0.99, 0, 0.5, 1];
    const pool = makePool(3, { loadBalancing: 'Random', failover: false, random: () => chances.shift() ?? 0 });
    expect(await chosen(pool, 4)).toEqual([2, 0, 1, 2]);
  });

  it('takes the set with the least wait, in turn among equals', async () => {
    const clock = new FakeClock();
    const limitSets = [3, 1, 2].map(
      (windowSeconds) => new LimitSet({ limits: [new CallLimit({ windowSeconds, capacity: 1 })], clock }),
    );
    const pool = new LimitPool({ limitSets, loadBalancing: 'LeastWait' });
    expect(await chosen(pool, 4)).toEqual([0, 1, 2, 1]);
    for (let i = 0; i < 2; i += 1) void pool.at(1).acquire();
    expect(await chosen(pool, 1)).toEqual([2]);
    await clock.advance(10_000);
    expect(await chosen(makePool(3, { loadBalancing: 'LeastWait', workerIndex: 2 }), 3)).toEqual([2, 0, 1]);
  });

  it('tells how its calls were spread', async () => {
    const pool = makePool(2, { name: 'accounts', workerIndex: 1 });
    await pool.acquire();
    expect(await pool.getStats()).toEqual({
      name: 'accounts',
      numLimitSets: 2,
      loadBalancing: 'RoundRobin',
      workerIndex: 1,
      balancerStats: { dispatched: 1, next: 0 },
      limitSets: [
        { name: 'set-0', limits: { connections: { capacity: 1, available: 1, utilization: 0 } }, waiting: 0 },
        { name: 'set-1', limits: { connections: { capacity: 1, available: 0, utilization: 1 } }, waiting: 0 },
      ],
    });
  });

  it('gives out its sets by whole indices', () => {
    const pool = makePool(2);
    expect(pool.at(1).name).toBe('set-1');
    for (const index of [0.5, NaN, '0', undefined]) expect(() => pool.at(index as number)).toThrow(TypeError);
    for (const index of [-1, 2, 1e300]) expect(() => pool.at(index)).toThrow(RangeError);
  });

  it('has limits of its own only if it is of one set', () => {
    expect(makePool(1).get('connections').capacity).toBe(1);
    expect(() => makePool(2).get('connections')).toThrow('pool.at(i).get(key)');
  });

  it.each([
    [{ limitSets: [] }, 'limitSets'],
    [{ limitSets: undefined }, 'limitSets'],
    [{ limitSets: [makeSet(0)], loadBalancing: 'hasOwnProperty' }, 'loadBalancing'],
    [{ limitSets: [makeSet(0)], workerIndex: -1 }, 'workerIndex'],
    [{ limitSets: [makeSet(0)], workerIndex: 1.5 }, 'workerIndex'],
    [{ limitSets: [makeSet(0)], failover: 'yes' }, 'failover'],
    [{ limitSets: [makeSet(0)], failOver: true }, 'failOver'],
    [{ limitSets: [makeSet(0)], name: 5 }, 'name'],
    [{ limitSets: [makeSet(0)], random: 5 }, 'random'],
    [{ limitSets: [makeSet(0), {}] }, 'limitSets[1]'],
    [{ limitSets: [null] }, 'limitSets[0]'],
    [{ limitSets: [makePool(1)] }, 'limitSets[0]'],
    [null, 'options'],
  ])('refuses nonsense: case %#', (options, option) => {
    expect(() => new LimitPool(options as never)).toThrow(
      expect.objectContaining({ name: 'InvalidLimitError', option }) as Error,
    );
  });

  it('becomes the same pool again from JSON', async () => {
    const pool = makePool(2, { name: 'accounts', workerIndex: 1, failover: false });
    const text = JSON.stringify(pool);
    const again = LimitPool.fromJSON(JSON.parse(text) as ReturnType<LimitPool['toJSON']>);
    expect(JSON.stringify(again)).toBe(text);
    expect((await again.acquire()).config).toEqual({ i: 1 });
  });

  it.each([
    [null, 'options'],
    [{}, 'limitSets'],
    [{ limitSets: [null] }, 'options'],
    [{ limitSets: [{ limits: [] }], random: Math.random }, 'random'],
  ])('is not made from the JSON %j', (json, option) => {
    expect(() => LimitPool.fromJSON(json as never)).toThrow(
      expect.objectContaining({ name: 'InvalidLimitError', option }) as Error,
    );
  });

  it('says so if its source of chance is broken', async () => {
    const pool = makePool(2, { loadBalancing: 'Random', random: () => NaN });
    await expect(pool.acquire()).rejects.toMatchObject({ name: 'InvalidLimitError', option: 'random' });
  });

  it.each([null, 5, { requestd: {} }])('refuses the options %j, which uses up a turn', async (options) => {
    const pool = makePool(2);
    await expect(pool.acquire(options as never)).rejects.toMatchObject({ name: 'InvalidLimitError' });
    expect((await pool.getStats()).balancerStats.dispatched).toBe(1);
  });

  it('runs a body with an acquisition, and closes all its sets', async () => {
    const pool = makePool(2);
    expect(await pool.use({}, (slot) => slot.index)).toBe(0);
    await pool.close();
    await expect(pool.acquire()).rejects.toMatchObject({ name: 'LimiterUnavailableError' });
  });
});
