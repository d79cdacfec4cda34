import type { LimitSet } from '../../client/sets/limit-set';
import type { DefinitionConflictError } from '../../limiter/errors/definition-errors';

/**
 * The first of the sets that runs elsewhere with other limits under the same version: each activity of its worker would
 * fail. A limiter that does not answer in time is no reason to hold a worker up; one warning names all of those.
 */
export async function findConflict(sets: readonly LimitSet<object>[]): Promise<DefinitionConflictError | undefined> {
  const shared = sets.filter((set) => set.mode === 'temporal');
  const answers = await Promise.allSettled(shared.map((set) => set.findConflict()));
  const silent = shared.filter((_, i) => answers[i]?.status === 'rejected').map(({ name }) => JSON.stringify(name));
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const conflict = found.find((each) => each !== undefined);
  if (conflict === undefined && silent.length > 0) {
    process.emitWarning(
      `Whether these limits run elsewhere with other values could not be checked, as their limiters did not answer: ` +
        `${silent.join(', ')}. The worker starts all the same; an activity that meets a conflict may be retried.`,
      'LimitsWarning',
    );
  }
  return conflict;
}
