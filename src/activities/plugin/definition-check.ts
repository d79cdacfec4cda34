import type { Worker } from '@temporalio/worker';
import type { LimitSet } from '../../client/sets/limit-set';
import type { DefinitionConflictError } from '../../limiter/errors/definition-errors';

/** The comparison of a worker's sets with what their limiters run. */
interface DefinitionCheck {
  /** Never rejects. */
  readonly conflict: Promise<DefinitionConflictError | undefined>;
  /** What has been found so far. */
  readonly found: DefinitionConflictError | undefined;
}

/** Shuts the worker down if one of the sets runs elsewhere with other limits under the same version. */
export function stopOnConflict(worker: Worker, sets: readonly LimitSet<object>[]): DefinitionCheck {
  const conflict = findConflict(sets);
  const check: { -readonly [key in keyof DefinitionCheck]: DefinitionCheck[key] } = { conflict, found: undefined };
  void conflict.then((found) => {
    if (found === undefined || worker.getState() !== 'RUNNING') return;
    check.found = found;
    worker.shutdown();
  });
  return check;
}

/**
 * The first of the sets that runs elsewhere with other limits under the same version: each activity of its worker would
 * fail. A limiter that does not answer in time is no reason to stop a worker; one warning names all of those.
 */
async function findConflict(sets: readonly LimitSet<object>[]): Promise<DefinitionConflictError | undefined> {
  const shared = sets.filter((set) => set.mode === 'temporal');
  const answers = await Promise.allSettled(shared.map((set) => set.findConflict()));
  const silent = shared.filter((_, i) => answers[i]?.status === 'rejected').map(({ name }) => JSON.stringify(name));
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const conflict = found.find((each) => each !== undefined);
  if (conflict === undefined && silent.length > 0) {
    process.emitWarning(
      `Whether these limits run elsewhere with other values could not be checked, as their limiters did not answer: ` +
        `${silent.join(', ')}. The worker runs all the same; an activity that meets a conflict may be retried.`,
      'LimitsWarning',
    );
  }
  return conflict;
}
