import { LimitsError } from './limits-error';

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
