import { describeValue } from './describe-value';
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
