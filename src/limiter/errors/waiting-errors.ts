import { LimitsError } from './limits-error';

/** The capacity did not come within the timeout. Nothing was taken. */
export class AcquireTimeoutError extends LimitsError {
  override readonly name = 'AcquireTimeoutError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** How long the acquisition waited. Unit: milliseconds. */
    readonly timeoutMs: number,
    /** What stood in the way, if it was not that others had the capacity. */
    readonly obstacle?: string,
  ) {
    super(
      `No capacity in "${limitSet}" within ${String(timeoutMs)} ms${obstacle === undefined ? '' : `: ${obstacle}`}`,
    );
  }
}

/** A nested acquire that could never succeed, because an acquisition around it holds the permits it waits for. */
export class NestedAcquireError extends LimitsError {
  override readonly name = 'NestedAcquireError';

  constructor(
    /** The resource limit. */
    readonly key: string,
    /** What was requested. */
    readonly amount: number,
    /** What the acquisitions around it hold. */
    readonly held: number,
    /** What the limit has in all. */
    readonly capacity: number,
  ) {
    super(
      `Requested ${String(amount)} of "${key}" while the surrounding acquisitions hold ${String(held)} of ${String(capacity)}: it would wait for itself for ever`,
    );
  }
}
