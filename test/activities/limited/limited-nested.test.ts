import { limited } from '../../../src/activities/index';
import { LimitSet, ResourceLimit } from '../../../src/index';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a body that acquires from its own limits ends, though as many run as there are permits', async () => {
  const limits = new LimitSet({ limits: [new ResourceLimit({ key: 'RES', capacity: 5 })] });
  const work = limited(
    async (i: number) => {
      // all of them hold their permit by then
      await nextTurn();
      const slot = await limits.acquire();
      await nextTurn();
      await slot.release();
      return i;
    },
    { limits: () => limits },
  );
  expect(await Promise.all([0, 1, 2, 3, 4].map((i) => work(i)))).toEqual([0, 1, 2, 3, 4]);
  expect((await limits.getStats()).limits).toMatchObject({ RES: { available: 5 } });
});
