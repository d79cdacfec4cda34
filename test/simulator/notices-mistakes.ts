import { huntMutants } from '../../simulator/mutants/hunt';
import type { Mutant } from '../../simulator/mutants/mutant';

/** One test each. A hunt whose known seed does not catch the mutant any more takes minutes on a busy machine. */
const LONGEST_MS = 1_200_000;

export function noticesMistakes(mutants: readonly Mutant[]): void {
  test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    'a mistake made on purpose is noticed: %s',
    async (_name, mutant) => {
      const [hunted] = await huntMutants(() => undefined, [mutant]);
      expect(hunted?.caught).toBeDefined();
    },
    LONGEST_MS,
  );
}
