import { CancellationScope, sleep } from '@temporalio/workflow';

/**
 * Whether an event, which never fails, happens within a time. The timer is gone afterwards. A cancellation of the
 * workflow does not end it: that reaches the tasks, and through them whoever waits for those.
 */
export async function happensWithin(event: Promise<void>, timeoutMs: number): Promise<boolean> {
  if (timeoutMs === Infinity) return event.then(() => true);
  const timer = new CancellationScope({ cancellable: true, parent: new CancellationScope({ cancellable: false }) });
  try {
    return await Promise.race([event.then(() => true), timer.run(() => sleep(timeoutMs)).then(() => false)]);
  } finally {
    timer.cancel();
  }
}
