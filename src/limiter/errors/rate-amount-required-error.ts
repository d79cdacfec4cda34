import { LimitsError } from './limits-error';

/** Nothing was requested of a set that has rate limits, whose amounts have no default. */
export class RateAmountRequiredError extends LimitsError {
  override readonly name = 'RateAmountRequiredError';

  constructor(
    /** The rate limits of the set. */
    readonly keys: readonly string[],
  ) {
    super(`The set has rate limits (${keys.join(', ')}): name the amount of at least one limit in "requested"`);
  }
}
