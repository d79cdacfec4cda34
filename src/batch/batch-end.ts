import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, type Client, type WorkflowHandle } from '@temporalio/client';

/** A server that does not take a call in this time is not waited for when the batch is to end. Unit: milliseconds. */
const CALL_MS = 3_000;
const TRY_AGAIN_MS = 1_000;
/** gRPC's codes for a call that nobody answered. */
const UNANSWERED: readonly number[] = [1, 4, 14];

/**
 * Waits for the end of the batch workflow, also while its server is away. On the signal the end comes early, and is none
 * to complain about; a server that does not hear of it is left behind.
 */
export async function untilEnded(client: Client, handle: WorkflowHandle, signal: AbortSignal): Promise<void> {
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const cancel = (): void =>
    void client.withDeadline(Date.now() + CALL_MS, () => handle.cancel()).then(undefined, () => leave());
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    await Promise.race([result(handle, signal), left]);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** What is left of a workflow whose batch is over ends too, if its server hears it. */
export async function terminate(client: Client, handle: WorkflowHandle): Promise<void> {
  const call = () => handle.terminate('the batch has ended');
  await client.withDeadline(Date.now() + CALL_MS, call).catch(() => undefined);
}

async function result(handle: WorkflowHandle, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await handle.result();
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!wentUnanswered(error)) throw error;
    }
    await sleep(TRY_AGAIN_MS);
  }
}

function wentUnanswered(error: unknown): boolean {
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return isGrpcServiceError(reason) && UNANSWERED.includes(reason.code);
}
