import { LimitsError } from './limits-error';

/** More was requested than the limit could ever give, so waiting would never end. */
export class RequestExceedsCapacityError extends LimitsError {
  override readonly name = 'RequestExceedsCapacityError';

  constructor(
    /** The limit it was requested of. */
    readonly key: string,
    /** What was requested. */
    readonly amount: number,
    /** What the limit has at most. */
    readonly capacity: number,
  ) {
    super(
      `Requested ${String(amount)} of "${key}", whose capacity is ${String(capacity)}: split the work or raise the capacity`,
    );
  }
}
