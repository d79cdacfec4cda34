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
