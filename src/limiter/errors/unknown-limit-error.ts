import { describeValue } from '../describe-value';
import { LimitsError } from './limits-error';

/** A key was named that no limit of the set has. */
export class UnknownLimitError extends LimitsError {
  override readonly name = 'UnknownLimitError';

  constructor(
    /** The unknown key. */
    readonly key: string,
    /** The keys that the set has. */
    readonly known: readonly string[],
  ) {
    super(`Unknown limit ${describeValue(key)}: the set has ${known.length === 0 ? 'no limits' : known.join(', ')}`);
  }
}
