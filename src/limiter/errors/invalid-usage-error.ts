import { describeValue } from '../describe-value';
import { LimitsError } from './limits-error';

/** A usage was negative, not finite, or not what such a limit can have used. */
export class InvalidUsageError extends LimitsError {
  override readonly name = 'InvalidUsageError';

  constructor(
    /** The limit. */
    readonly key: string,
    /** The usage given. */
    readonly usage: unknown,
    expected: string,
  ) {
    super(`Invalid usage ${describeValue(usage)} of "${key}": ${expected}`);
  }
}
