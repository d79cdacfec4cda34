import { describeValue } from './describe-value';
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

/** An acquisition was released without telling what it used of a named rate limit. Everything was freed first. */
export class MissingUsageError extends LimitsError {
  override readonly name = 'MissingUsageError';

  constructor(
    /** The rate limits without usage, sorted. */
    readonly keys: readonly string[],
  ) {
    super(`No usage was given for ${keys.join(', ')}: call update({ usage }) before release`);
  }
}

/** More was used than requested of a limit with `overage: 'reject'`. Nothing was changed. */
export class UsageExceedsRequestedError extends LimitsError {
  override readonly name = 'UsageExceedsRequestedError';

  constructor(
    /** The limit. */
    readonly key: string,
    /** The usage given. */
    readonly usage: number,
    /** What had been requested. */
    readonly requested: number,
  ) {
    super(
      `Used ${String(usage)} of "${key}" but requested ${String(requested)}: request the most that a call may use, or define the limit with overage: 'charge'`,
    );
  }
}

/** An acquisition was updated after its release, or without having been granted. */
export class AlreadyReleasedError extends LimitsError {
  override readonly name = 'AlreadyReleasedError';

  constructor() {
    super('The acquisition holds nothing any more: update it before it is released');
  }
}
