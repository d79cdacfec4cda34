import { LimitSet } from '../../../src/client/sets/limit-set';
import { ResourceLimit } from '../../../src/limiter/definition/limits';

const makeSet = (capacity: number) => new LimitSet({ limits: [new ResourceLimit({ key: 'connections', capacity })] });

describe('an acquire inside another', () => {
  it('is granted where there is room beside what the outer ones hold', async () => {
    const set = makeSet(2);
    expect(await set.use({}, () => set.use({}, () => 'inner'))).toBe('inner');
  });

  it('counts all that surround it', async () => {
    const set = makeSet(3);
    const inner = set.use({}, () => set.use({}, () => set.use({ requested: { connections: 2 } }, () => 'never')));
    await expect(inner).rejects.toMatchObject({ name: 'NestedAcquireError', held: 2, amount: 2, capacity: 3 });
  });

  it('counts them in whatever the body has set going', async () => {
    const set = makeSet(1);
    await set.use({}, async () => {
      const attempts = [1, 2].map(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return set.acquire();
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
      expect((await set.tryAcquire()).successful).toBe(false);
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
