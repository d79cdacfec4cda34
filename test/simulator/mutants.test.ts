import { huntMutants } from '../../simulator/mutants/hunt';

test('every mistake that was made on purpose is noticed', async () => {
  const hunted = await huntMutants(() => undefined);
  expect(hunted.length).toBeGreaterThanOrEqual(15);
  expect(hunted.filter(({ caught }) => caught === undefined).map(({ mutant }) => mutant.name)).toEqual([]);
});
