import { setHandler, workflowInfo } from '@temporalio/workflow';
import { pauseSignal, progressQuery, resumeSignal, type BatchInput } from './batch-protocol';
import { type BatchResults } from './batch-results';
import { type BatchRouter } from './batch-router';

/** Answers those who look at a batch, and obeys those who hold it up. */
export function serveControl(input: BatchInput, results: BatchResults, router: BatchRouter): void {
  const { partition, items, startedAt, state } = input;
  if (state.isPaused) router.pause();
  setHandler(pauseSignal, () => router.pause());
  setHandler(resumeSignal, () => router.resume());
  setHandler(progressQuery, () => ({
    ...{ partition, items, startedAt },
    ...{ done: results.done, failed: results.failed, underWay: router.underWay, isPaused: router.isPaused },
    events: state.events + workflowInfo().historyLength,
  }));
}
