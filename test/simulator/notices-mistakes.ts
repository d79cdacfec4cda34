import { huntMutants } from '../../simulator/mutants/hunt';
import type { Mutant } from '../../simulator/mutants/mutant';

/** One test each: together they take minutes, and the time for a test is for one of them. */
export function noticesMistakes(mutants: readonly Mutant[]): void {
  test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    'a mistake made on purpose is noticed: %s',
    async (_name, mutant) => {
      const [hunted] = await huntMutants(() => undefined, [mutant]);
      expect(hunted?.caught).toBeDefined();
    },
  );
}
