import { LimitsError } from './limits-error';

/** The limiter cannot be asked: its client here has been closed, or nobody answered in time. */
export class LimiterUnavailableError extends LimitsError {
  override readonly name = 'LimiterUnavailableError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`The limiter of "${limitSet}" is not available: ${detail}`, options);
  }
}

/** The process could not renew its lease in time, so its permits may belong to others by now. */
export class LeaseLostError extends LimitsError {
  override readonly name = 'LeaseLostError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
  ) {
    super(`The lease on "${limitSet}" ran out: the permits may belong to another process now`);
  }
}
