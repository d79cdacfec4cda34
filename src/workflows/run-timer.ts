import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { Timer } from '../acquire/clock';

/** The longest timer set at once; whoever wants a longer one looks at the time when it rings. */
const LONGEST_MS = 1e11;

/**
 * Time in a workflow: that of the server, as of the workflow task. Its timers outlive the cancellation of whatever scope
 * asked for them, because what they end is cancelled by itself.
 */
export const runTimer: Timer = {
  now: () => Date.now(),
  after(delayMs, action) {
    let scope: CancellationScope | undefined;
    void CancellationScope.nonCancellable(async () => {
      scope = new CancellationScope();
      await scope
        .run(() => sleep(Math.min(LONGEST_MS, Math.max(1, Math.ceil(delayMs)))))
        .then(action)
        .catch((error: unknown) => {
          if (!isCancellation(error)) throw error;
        });
    });
    return () => scope?.cancel();
  },
};
