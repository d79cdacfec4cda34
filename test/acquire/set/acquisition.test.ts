import { LimitSet } from '../../../src/client/sets/limit-set';
import { CallLimit, RateLimit, ResourceLimit } from '../../../src/limiter/definition/limits';

const makeSet = () =>
  new LimitSet({
    limits: [
      new RateLimit({ key: 'tokens', windowSeconds: 3600, capacity: 100, algorithm: 'GCRA' }),
      new ResourceLimit({ key: 'connections', capacity: 2 }),
    ],
  });

const held = async (set: LimitSet) => 2 - ((await set.getStats()).limits['connections']?.available ?? NaN);

describe('an acquisition', () => {
  it('is released at the end of its scope', async () => {
    const set = makeSet();
    {
      await using slot = await set.acquire({ requested: { tokens: 5 } });
      slot.update({ usage: { tokens: 5 } });
      expect(await held(set)).toBe(1);
    }
    expect(await held(set)).toBe(0);
  });

  it('fails the end of its scope if its usage was not told, having freed everything', async () => {
    const set = makeSet();
    const scope = async () => {
      await using _slot = await set.acquire({ requested: { tokens: 5 } });
    };
    await expect(scope()).rejects.toMatchObject({ name: 'MissingUsageError', keys: ['tokens'] });
    expect(await held(set)).toBe(0);
  });

  it('of a call that was never made has used no units; a call it stays', async () => {
    const bucket = { windowSeconds: 3600, capacity: 10, algorithm: 'TokenBucket' } as const;
    const set = new LimitSet<object, string>({
      limits: [
        new CallLimit({ ...bucket }),
        new RateLimit({ ...bucket, key: 'tokens' }),
        // which it does not take of, though every object seems to have an amount of it
        new RateLimit({ ...bucket, key: 'constructor' }),
        new ResourceLimit({ key: 'connections', capacity: 2 }),
      ],
    });
    const slot = await set.acquire({ requested: { tokens: 5 } });
    slot.tellUnused();
    await slot.release();
    slot.tellUnused();
    const { limits } = await set.getStats();
    const available = Object.entries(limits).map(([key, stats]) => [key, Math.round(stats.available)]);
    expect(Object.fromEntries(available)).toEqual({ call_count: 9, tokens: 10, constructor: 10, connections: 2 });
  });

  it('tells whether it holds anything', async () => {
    const set = makeSet();
    const slot = await set.acquire({ requested: { connections: 2 } });
    expect([slot.successful, slot.isHeld]).toEqual([true, true]);
    const refused = await set.tryAcquire({ requested: { connections: 1 } });
    expect([refused.successful, refused.isHeld, refused.fencingToken, refused.signal.aborted]).toEqual([
      false,
      false,
      0,
      false,
    ]);
    await slot.release();
    expect([slot.successful, slot.isHeld]).toEqual([true, false]);
  });

  it('tells what it covers to anybody, to be changed by nobody', async () => {
    const slot = await makeSet().acquire({ requested: { connections: 2 } });
    expect(() => ((slot.requested as Record<string, number>)['connections'] = 0)).toThrow(TypeError);
  });

  it('takes no usage for what it does not cover', async () => {
    const slot = await makeSet().acquire({ requested: { connections: 1 } });
    expect(() => slot.update({ usage: { tokens: 1 } })).toThrow('Unknown limit "tokens"');
    expect(() => slot.update({ usage: { connections: 2 } })).toThrow('only 1 are held');
    slot.update({ usage: { connections: 0 } });
    await slot.release();
  });

  it.each([NaN, -1, Infinity, '5', null])('takes no usage of %p', async (usage) => {
    const slot = await makeSet().acquire({ requested: { tokens: 5 } });
    expect(() => slot.update({ usage: { tokens: usage as number } })).toThrow(
      expect.objectContaining({ name: 'InvalidUsageError', key: 'tokens' }) as Error,
    );
  });
});
