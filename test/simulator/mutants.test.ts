import { huntMutants } from '../../simulator/mutants/hunt';
import { MUTANTS } from '../../simulator/mutants/mutants';

// one test each: together they take minutes, and the time for a test is for one of them
test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
  'a mistake made on purpose is noticed: %s',
  async (_name, mutant) => {
    const [hunted] = await huntMutants(() => undefined, [mutant]);
    expect(hunted?.caught).toBeDefined();
  },
);

test('there are mistakes, each under a name of its own', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(40);
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});
