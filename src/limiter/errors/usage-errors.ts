import { describeValue } from './describe-value';
import { LimitsError } from './limits-error';

/**
 * A usage is negative, not finite, or impossible for its limit.
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
    /** The reported usage. */
    readonly usage: unknown,
    expected: string,
  ) {
    super(`Invalid usage ${describeValue(usage)} of "${key}": ${expected}`);
  }
}

/**
 * An acquisition was released without reporting its usage of a requested unit. Everything was freed first.
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
 * A usage exceeds the request, and the limit has `overage: 'reject'`. Nothing was changed.
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
    /** The reported usage. */
    readonly usage: number,
    /** The requested amount. */
    readonly requested: number,
  ) {
    super(
      `Used ${String(usage)} of "${key}" but requested ${String(requested)}: request the most that a call may use, or define the limit with overage: 'charge'`,
    );
  }
}

/**
 * An acquisition was updated although it was refused or already released.
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
