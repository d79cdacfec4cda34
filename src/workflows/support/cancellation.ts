import { CancellationScope } from '@temporalio/workflow';

/** Aborts when the scope that runs this is cancelled, with the failure that says so; or with another signal. */
export function cancellationSignal(other?: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (reason: unknown): void => controller.abort(reason);
  const scope = CancellationScope.current();
  // one that is not to be cancelled hears of it all the same when the scope around it is
  if (scope.cancellable) scope.cancelRequested.catch(abort);
  if (other?.aborted === true) abort(other.reason);
  other?.addEventListener('abort', () => abort(other.reason), { once: true });
  return controller.signal;
}

/** @throws CancelledFailure if the scope that runs this has been cancelled */
export async function throwIfCancelled(): Promise<void> {
  const scope = CancellationScope.current();
  if (scope.consideredCancelled) await scope.cancelRequested;
}
