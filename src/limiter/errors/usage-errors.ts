import { describeValue } from './describe-value';
import { LimitsError } from './limits-error';

/**
 * A usage was negative, not finite, or not what such a limit can have used.
 *
 * @example
 * const slot = await limits.acquire({ requested: { input_tokens: 800 } });
 * slot.update({ usage: { input_tokens: -1 } }); // throws
 */
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

/**
 * An acquisition was released without telling what it used of a named rate limit. Everything was freed first.
 *
 * @example
 * const slot = await limits.acquire({ requested: { input_tokens: 800 } });
 * slot.update({ usage: { input_tokens: 640 } }); // without this line, release throws
 * await slot.release();
 */
export class MissingUsageError extends LimitsError {
  override readonly name = 'MissingUsageError';

  constructor(
    /** The rate limits without usage, sorted. */
    readonly keys: readonly string[],
  ) {
    super(`No usage was given for ${keys.join(', ')}: call update({ usage }) before release`);
  }
}

/**
 * More was used than requested of a limit with `overage: 'reject'`. Nothing was changed.
 *
 * @example
 * const strict = new LimitSet({
 *   limits: [new RateLimit({ key: 'images', windowSeconds: 60, capacity: 10, overage: 'reject' })],
 * });
 * const slot = await strict.acquire({ requested: { images: 1 } });
 * slot.update({ usage: { images: 2 } }); // throws
 */
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

/**
 * An acquisition was updated after its release, or without having been granted.
 *
 * @example
 * const slot = await limits.acquire({ requested: { input_tokens: 800 } });
 * slot.update({ usage: { input_tokens: 640 } });
 * await slot.release();
 * slot.update({ usage: { input_tokens: 650 } }); // throws
 */
export class AlreadyReleasedError extends LimitsError {
  override readonly name = 'AlreadyReleasedError';

  constructor() {
    super('This acquisition was refused or already released: call update before you release it');
  }
}
