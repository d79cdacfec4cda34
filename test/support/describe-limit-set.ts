import type { Acquisition } from '../../src/acquire/set/acquisition';
import type { LimitSet } from '../../src/client/sets/limit-set';
import type { LimitSetOptions } from '../../src/client/sets/limit-set-options';
import { CallLimit, RateLimit, ResourceLimit } from '../../src/limiter/definition/limits';
import { untilAvailable } from './until-available';

/** Makes a set of its own, that shares its limits with no other test. */
export type MakeSet = (options: Pick<LimitSetOptions, 'limits' | 'config'>) => LimitSet | Promise<LimitSet>;

/** Long enough that nothing recovers while a test runs. */
const LONG_SECONDS = 1_000_000;

const everyKind = () => [
  new CallLimit({ windowSeconds: LONG_SECONDS, capacity: 10 }),
  new RateLimit({ key: 'tokens', windowSeconds: LONG_SECONDS, capacity: 100, algorithm: 'TokenBucket' }),
  new RateLimit({ key: 'bytes', windowSeconds: LONG_SECONDS, capacity: 1000, algorithm: 'SlidingWindow' }),
  new RateLimit({ key: 'images', windowSeconds: LONG_SECONDS, capacity: 30, overage: 'reject', unused: 'returned' }),
  new RateLimit({ key: 'tokens_per_day', windowSeconds: LONG_SECONDS, capacity: 1000, counts: ['tokens'] }),
  new RateLimit({
    key: 'cost',
    windowSeconds: LONG_SECONDS,
    capacity: 1000,
    counts: { tokens: 1, images: 10 },
    unused: 'returned',
  }),
  new ResourceLimit({ key: 'connections', capacity: 2 }),
];

/** The rules of an acquisition that hold wherever the limits are kept, and need no exact time to be seen. */
export function describeLimitSet(name: string, makeSet: MakeSet): void {
  describe(`acquisitions in ${name}`, () => {
    let set: LimitSet;
    const becomeAvailable = (expected: Record<string, number>) => untilAvailable(set, expected);
    const finish = async (slot: Acquisition, usage: Record<string, number>) => {
      slot.update({ usage });
      await slot.release();
    };

    beforeEach(async () => {
      set = await makeSet({ limits: everyKind(), config: { region: 'eu', nested: { deep: [1] } } });
    });

    afterEach(async () => {
      await set.close();
    });

    it('take of every call and resource limit, and of the rate limits they name', async () => {
      const slot = await set.acquire({ requested: { tokens: 30 } });
      expect(slot.successful).toBe(true);
      expect(slot.requested).toEqual({ call_count: 1, tokens: 30, connections: 1 });
      await becomeAvailable({ call_count: 9, tokens: 70, bytes: 1000, connections: 1 });
      await finish(slot, { tokens: 30 });
    });

    it('take nothing at all of any limit when one of them has too little', async () => {
      const slots = [await set.acquire({ requested: { tokens: 1 } }), await set.acquire({ requested: { tokens: 1 } })];
      const left = { call_count: 8, tokens: 98, bytes: 1000, connections: 0 };
      await becomeAvailable(left);
      const refused = await set.tryAcquire({ requested: { tokens: 1, bytes: 1 } });
      expect(refused.successful).toBe(false);
      await becomeAvailable(left);
      for (const slot of slots) await finish(slot, { tokens: 1 });
    });

    it('leave a limit out that is requested with 0', async () => {
      const slot = await set.acquire({ requested: { tokens: 1, connections: 0, call_count: 0 } });
      expect(slot.requested).toEqual({ tokens: 1 });
      await becomeAvailable({ call_count: 10, connections: 2 });
      await finish(slot, { tokens: 1 });
    });

    it('give unused units back where the algorithm allows it, and permits always', async () => {
      const slot = await set.acquire({ requested: { tokens: 50, bytes: 500 } });
      await finish(slot, { tokens: 20, bytes: 200 });
      await becomeAvailable({ call_count: 9, tokens: 80, bytes: 500, connections: 2 });
    });

    it('settle by the last word on each limit', async () => {
      const slot = await set.acquire({ requested: { tokens: 50 } });
      slot.update({ usage: { tokens: 50 } });
      slot.update({ usage: { tokens: 10 } });
      await slot.release();
      await becomeAvailable({ tokens: 90 });
    });

    it('free everything first when no usage was told, then say so', async () => {
      const slot = await set.acquire({ requested: { tokens: 50, bytes: 1 } });
      await expect(slot.release()).rejects.toMatchObject({ name: 'MissingUsageError', keys: ['bytes', 'tokens'] });
      await becomeAvailable({ connections: 2, tokens: 50 });
    });

    it('charge a usage above the request, of all that has been granted', async () => {
      const slot = await set.acquire({ requested: { tokens: 12 } });
      slot.update({ usage: { tokens: 19 } });
      await slot.release();
      await becomeAvailable({ tokens: 81 });
    });

    it('refuse a usage above the request where a limit rejects it, and keep nothing of that update', async () => {
      const slot = await set.acquire({ requested: { tokens: 10, images: 10 } });
      slot.update({ usage: { tokens: 5, images: 5 } });
      expect(() => slot.update({ usage: { tokens: 1, images: 11 } })).toThrow(
        expect.objectContaining({
          name: 'UsageExceedsRequestedError',
          key: 'images',
          usage: 11,
          requested: 10,
        }) as Error,
      );
      await slot.release();
      await becomeAvailable({ tokens: 95 });
    });

    it('are charged to every limit that counts one of their units, each named once', async () => {
      const slot = await set.acquire({ requested: { tokens: 10, images: 2 } });
      expect(slot.requested).toMatchObject({ tokens: 10, images: 2 });
      await becomeAvailable({ tokens: 90, tokens_per_day: 990, cost: 970 });
      slot.update({ usage: { tokens: 30, images: 1 } });
      await slot.release();
      await becomeAvailable({ tokens: 70, tokens_per_day: 970, cost: 960, images: 29 });
    });

    it.each([
      [{ tokens: 101 }, 'RequestExceedsCapacityError'],
      [{ tokens: 1, typo: 1 }, 'UnknownLimitError'],
      [{ tokens: -1 }, 'InvalidAmountError'],
      [{ tokens: NaN }, 'InvalidAmountError'],
      [{ tokens: Infinity }, 'InvalidAmountError'],
      [{ tokens: 1, connections: 1.5 }, 'InvalidAmountError'],
      [{}, 'RateAmountRequiredError'],
    ])('refuse to wait for %j, which could never be granted', async (requested, error) => {
      await expect(set.acquire({ requested })).rejects.toMatchObject({ name: error });
      await expect(set.tryAcquire({ requested })).rejects.toMatchObject({ name: error });
      await becomeAvailable({ call_count: 10, connections: 2 });
    });

    it('may be released twice, and refused ones once, to no effect', async () => {
      const slots = [await set.acquire({ requested: { tokens: 1 } }), await set.acquire({ requested: { tokens: 1 } })];
      const refused = await set.tryAcquire({ requested: { tokens: 1 } });
      await refused.release();
      await becomeAvailable({ connections: 0 });
      for (const slot of slots) await finish(slot, { tokens: 1 });
      await slots[0]!.release();
      await becomeAvailable({ connections: 2 });
      expect(() => slots[0]!.update({ usage: { tokens: 1 } })).toThrow(
        expect.objectContaining({ name: 'AlreadyReleasedError' }) as Error,
      );
      expect(() => refused.update({ usage: { tokens: 1 } })).toThrow(
        expect.objectContaining({ name: 'AlreadyReleasedError' }) as Error,
      );
    });

    it('are served in the order in which they came', async () => {
      const holder = await set.acquire({ requested: { tokens: 1, connections: 2 } });
      const order: number[] = [];
      const waiting = [1, 2, 1].map(async (connections, i) => {
        const slot = await set.acquire({ requested: { tokens: 1, connections } });
        order.push(i);
        await finish(slot, { tokens: 1 });
      });
      await finish(holder, { tokens: 1 });
      await Promise.all(waiting);
      expect(order).toEqual([0, 1, 2]);
    });

    it('of a higher priority go before others that wait', async () => {
      const holder = await set.acquire({ requested: { tokens: 1, connections: 2 } });
      const order: string[] = [];
      const wait = async (who: string, priority: number) => {
        const slot = await set.acquire({ requested: { tokens: 1, connections: 2 }, priority });
        order.push(who);
        await finish(slot, { tokens: 1 });
      };
      const waiting = [wait('low', -1), wait('normal', 0), wait('high', 5)];
      await finish(holder, { tokens: 1 });
      await Promise.all(waiting);
      expect(order).toEqual(['high', 'normal', 'low']);
    });

    it('do not starve a big request by small ones', async () => {
      const small = await set.acquire({ requested: { tokens: 1, connections: 1 } });
      let bigIsServed = false;
      const big = set.acquire({ requested: { tokens: 1, connections: 2 } }).then(async (slot) => {
        bigIsServed = true;
        await finish(slot, { tokens: 1 });
      });
      expect((await set.tryAcquire({ requested: { tokens: 1 } })).successful).toBe(false);
      const late = set.acquire({ requested: { tokens: 1 } }).then(async (slot) => {
        expect(bigIsServed).toBe(true);
        await finish(slot, { tokens: 1 });
      });
      await finish(small, { tokens: 1 });
      await Promise.all([big, late]);
    });

    it('fail at their timeout having taken nothing', async () => {
      const holder = await set.acquire({ requested: { tokens: 1, connections: 2 } });
      await expect(set.acquire({ requested: { tokens: 1 }, timeout: '20ms' })).rejects.toMatchObject({
        name: 'AcquireTimeoutError',
        timeoutMs: 20,
      });
      await becomeAvailable({ tokens: 99, call_count: 9 });
      await finish(holder, { tokens: 1 });
      await finish(await set.acquire({ requested: { tokens: 1, connections: 2 } }), { tokens: 1 });
    });

    it('end their wait with the reason of their signal, and let the next one go', async () => {
      const holder = await set.acquire({ requested: { tokens: 1, connections: 1 } });
      const controller = new AbortController();
      const big = set.acquire({ requested: { tokens: 1, connections: 2 }, signal: controller.signal });
      const next = set.acquire({ requested: { tokens: 1, connections: 1 } });
      const reason = new Error('changed my mind');
      controller.abort(reason);
      await expect(big).rejects.toBe(reason);
      await finish(await next, { tokens: 1 });
      await finish(holder, { tokens: 1 });
    });

    it('carry the config of their set, which nobody can change', async () => {
      const slot = await set.acquire({ requested: { tokens: 1 } });
      expect(slot.config).toEqual({ region: 'eu', nested: { deep: [1] } });
      expect(() => ((slot.config['nested'] as { deep: number[] }).deep[0] = 2)).toThrow(TypeError);
      await finish(slot, { tokens: 1 });
    });

    it('have fencing tokens that grow', async () => {
      const first = await set.acquire({ requested: { tokens: 1 } });
      await finish(first, { tokens: 1 });
      const second = await set.acquire({ requested: { tokens: 1 } });
      expect(second.fencingToken).toBeGreaterThan(first.fencingToken);
      expect(second.signal.aborted).toBe(false);
      await finish(second, { tokens: 1 });
    });

    it('are released by use whatever happens, and the error of the body is the one that travels', async () => {
      const failure = new Error('from the body');
      const body = () => Promise.reject(failure);
      await expect(set.use({ requested: { tokens: 1 } }, body)).rejects.toBe(failure);
      await expect(set.use({ requested: { tokens: 1 } }, () => 'paid for')).resolves.toBe('paid for');
      const reply = await set.use({ requested: { tokens: 1 } }, (slot) => {
        slot.update({ usage: { tokens: 0 } });
        return 'reply';
      });
      expect(reply).toBe('reply');
      await becomeAvailable({ connections: 2, tokens: 98 });
    });

    it('inside another of the same set fail at once if they name what they would wait for', async () => {
      await set.use({ requested: { tokens: 1, connections: 2 } }, async (outer) => {
        outer.update({ usage: { tokens: 1 } });
        await expect(set.acquire({ requested: { tokens: 1, connections: 1 } })).rejects.toMatchObject({
          name: 'NestedAcquireError',
          key: 'connections',
          amount: 1,
          held: 2,
          capacity: 2,
        });
      });
    });
  });
}
