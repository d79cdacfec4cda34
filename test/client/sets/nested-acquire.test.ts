import { LimitSet } from '../../../src/client/sets/limit-set';
import { numLeft } from '../../support/garbage';
import { RateLimit, ResourceLimit } from '../../../src/limiter/definition/limits';

const makeSet = (capacity: number) => new LimitSet({ limits: [new ResourceLimit({ key: 'connections', capacity })] });

describe('an acquire inside another', () => {
  it('takes no permits again that an outer one holds, unless it names them', async () => {
    const set = makeSet(2);
    await set.use({}, () =>
      set.use({}, async (inner) => {
        expect(inner.requested).toEqual({});
        expect(set.expectedWaitMs()).toBe(0);
        const named = await set.acquire({ requested: { connections: 1 } });
        expect((await set.tryAcquire({ requested: { connections: 1 } })).successful).toBe(false);
        await named.release();
      }),
    );
  });

  it('is so too where limits count units of other names', async () => {
    const set = new LimitSet({
      limits: [
        new RateLimit({ key: 'tpm', windowSeconds: 60, capacity: 1_000, counts: ['input', 'output'] }),
        new ResourceLimit({ key: 'connections', capacity: 2 }),
      ],
    });
    const requested = { input: 1 };
    await set.use({ requested }, async (outer) => {
      outer.update({ usage: requested });
      await set.use({ requested }, async (inner) => {
        inner.update({ usage: requested });
        expect(inner.requested).toEqual(requested);
        const named = await set.acquire({ requested: { ...requested, connections: 1 } });
        named.update({ usage: requested });
        await named.release();
      });
    });
  });

  it('keeps none in memory that has ended, in a body that sets its successor going', async () => {
    const set = makeSet(2);
    const ended: WeakRef<object>[] = [];
    const left = await new Promise<number>((done) => {
      const step = (): void => {
        void set.use({}, async (slot) => {
          ended.push(new WeakRef(slot));
          await new Promise(setImmediate);
          if (ended.length === 100) done(await numLeft(ended));
          // the next begins before this one ends
          else step();
        });
      };
      step();
    });
    expect(left).toBeLessThan(10);
  });

  it('does not hang, however many hold what they themselves would wait for', async () => {
    const set = new LimitSet({
      limits: [
        new ResourceLimit({ key: 'db', capacity: 5 }),
        new RateLimit({ key: 'tokens', windowSeconds: 60, capacity: 1_000 }),
      ],
    });
    const requested = { tokens: 10 };
    const outer = Array.from({ length: 20 }, () =>
      set.use({ requested }, async (slot) => {
        slot.update({ usage: requested });
        await new Promise((resolve) => setImmediate(resolve));
        return set.use({ requested }, (inner) => {
          inner.update({ usage: requested });
          return 'both';
        });
      }),
    );
    expect(await Promise.all(outer)).toEqual(new Array(20).fill('both'));
    expect((await set.getStats()).limits).toMatchObject({ db: { available: 5 }, tokens: { available: 600 } });
  });

  it('counts all that surround it', async () => {
    const set = makeSet(3);
    const inner = set.use({}, () =>
      set.use({ requested: { connections: 1 } }, () => set.use({ requested: { connections: 2 } }, () => 'never')),
    );
    await expect(inner).rejects.toMatchObject({ name: 'NestedAcquireError', held: 2, amount: 2, capacity: 3 });
  });

  it('counts them in whatever the body has set going', async () => {
    const set = makeSet(1);
    await set.use({}, async () => {
      const attempts = [1, 2].map(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return set.acquire({ requested: { connections: 1 } });
      });
      for (const attempt of await Promise.allSettled(attempts)) expect(attempt.status).toBe('rejected');
    });
  });

  it('does not count an outer one that has been released', async () => {
    const set = makeSet(1);
    await set.use({}, async (outer) => {
      await outer.release();
      await (await set.acquire()).release();
    });
  });

  it('does not count other sets', async () => {
    const [one, other] = [makeSet(1), makeSet(1)];
    expect(await one.use({}, () => other.use({}, () => 'inner'))).toBe('inner');
  });

  it('that would not wait is an ordinary refusal', async () => {
    const set = makeSet(1);
    await set.use({}, async () => {
      expect((await set.tryAcquire({ requested: { connections: 1 } })).successful).toBe(false);
    });
  });

  it('waits for one that stands beside it, which somebody else will release', async () => {
    const set = makeSet(1);
    const beside = await set.acquire();
    const waiting = set.use({}, () => 'served');
    await beside.release();
    expect(await waiting).toBe('served');
  });
});
