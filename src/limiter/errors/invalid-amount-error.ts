import { describeValue } from '../describe-value';
import { LimitsError } from './limits-error';

/** A requested amount was negative, not finite, or a fraction of a permit. */
export class InvalidAmountError extends LimitsError {
  override readonly name = 'InvalidAmountError';

  constructor(
    /** The limit it was requested of. */
    readonly key: string,
    /** What was requested. */
    readonly amount: unknown,
    expected: string,
  ) {
    super(`Invalid amount ${describeValue(amount)} of "${key}": ${expected}`);
  }
}
