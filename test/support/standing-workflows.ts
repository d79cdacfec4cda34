import { CancellationScope, sleep } from '@temporalio/workflow';

/** Blocks its thread, as where the process gets no processor. Unit: milliseconds. */
export function standStill(ms: number): Promise<void> {
  return CancellationScope.cancellable(async () => {
    await sleep(1);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  });
}
