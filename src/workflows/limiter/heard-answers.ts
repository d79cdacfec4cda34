import { patched } from '@temporalio/workflow';
import type { Sync } from '../../limiter/protocol/wire';

/** Marks in a run's history that its limiter hears when calls have been answered. */
const ANSWERS = 'answers';

/**
 * What a run hears of each sync. The first release did not hear of answers: a run in which it has read one goes on without
 * them, or what it has decided would not follow from its history any more.
 */
export function hearAnswers(): (sync: Sync) => Sync {
  let areHeard: boolean | undefined;
  return (sync) => {
    if ((sync as Partial<Sync> | undefined)?.answered === undefined) return sync;
    areHeard ??= patched(ANSWERS);
    if (areHeard) return sync;
    const { answered: _, ...rest } = sync;
    return rest;
  };
}
