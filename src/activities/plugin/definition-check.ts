import type { Worker } from '@temporalio/worker';
import type { LimitSet } from '../../client/sets/limit-set';
import type { DefinitionConflictError } from '../../limiter/errors/definition-errors';

/** How soon it is looked again whether a worker that is to be shut down has started. */
const LOOK_AGAIN_MS = 50;

/** The comparison of what a worker limits with what the limiters run. */
interface DefinitionCheck {
  /** Whether the sets that the worker was given agree; never rejects. */
  readonly conflict: Promise<DefinitionConflictError | undefined>;
  /** What has been found so far. */
  readonly found: DefinitionConflictError | undefined;
  /** Another conflict was found, with limits that an activity was the first to use. */
  readonly stop: (conflict: DefinitionConflictError) => void;
  /** The worker has ended, or has not come to run. */
  readonly end: () => void;
}

/** Shuts the worker down if limits of its activities run elsewhere with other values under the same version. */
export function stopOnConflict(worker: Worker, sets: readonly LimitSet<object>[]): DefinitionCheck {
  let found: DefinitionConflictError | undefined;
  let isOver = false;
  const stop = (conflict: DefinitionConflictError): void => {
    const state = worker.getState();
    if (state === 'RUNNING') {
      found = conflict;
      worker.shutdown();
    }
    // what else starts beside it may take longer than the comparison
    if (state === 'INITIALIZED' && !isOver) setTimeout(stop, LOOK_AGAIN_MS, conflict).unref();
  };
  const conflict = findConflict(sets);
  void conflict.then((each) => {
    if (each !== undefined) stop(each);
  });
  return {
    conflict,
    get found() {
      return found;
    },
    stop,
    end: () => void (isOver = true),
  };
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
      `Could not check whether these limits run elsewhere with other values, because their limiters did not answer: ` +
        `${silent.join(', ')}. The worker runs anyway; an activity that meets a conflict may be retried.`,
      'LimitsWarning',
    );
  }
  return conflict;
}
