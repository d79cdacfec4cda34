import { LimitsError } from './limits-error';

/** The limiter could not be asked, and never will be by this process. */
export class LimiterUnavailableError extends LimitsError {
  override readonly name = 'LimiterUnavailableError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    detail: string,
  ) {
    super(`The limiter of "${limitSet}" is not available: ${detail}`);
  }
}
