import { describeValue } from './describe-value';
import { LimitsError } from './limits-error';

/**
 * A request or a usage has a name that no limit of the set counts.
 *
 * @example
 * await limits.acquire({ requested: { output_tokens: 300 } }); // throws where the set counts input_tokens only
 */
export class UnknownLimitError extends LimitsError {
  override readonly name = 'UnknownLimitError';

  constructor(
    /** The unknown name. */
    readonly key: string,
    /** The valid names: units of rate limits, and keys of call and resource limits. */
    readonly known: readonly string[],
    /** If it is the key of a limit that counts other units: those units. */
    counted: readonly string[] = [],
  ) {
    super(
      counted.length > 0
        ? `Cannot request ${describeValue(key)}: this limit counts ${counted.join(', ')}. Name those instead`
        : `Unknown limit ${describeValue(key)}: the set has ${known.length === 0 ? 'no limits' : known.join(', ')}`,
    );
  }
}

/**
 * A requested amount is negative, not finite, or a fraction of a permit.
 *
 * @example
 * await limits.acquire({ requested: { input_tokens: -800 } }); // throws
 */
export class InvalidAmountError extends LimitsError {
  override readonly name = 'InvalidAmountError';

  constructor(
    /** The limit. */
    readonly key: string,
    /** The requested amount. */
    readonly amount: unknown,
    expected: string,
  ) {
    super(`Invalid amount ${describeValue(amount)} of "${key}": ${expected}`);
  }
}

/**
 * A request names nothing, although the set has rate limits, whose amounts have no default.
 *
 * @example
 * const tokens = new LimitSet({ limits: [new RateLimit({ key: 'input_tokens', windowSeconds: 60, capacity: 100_000 })] });
 * await tokens.acquire({ requested: { input_tokens: 800 } });
 * await tokens.acquire(); // throws: of how many tokens?
 */
export class RateAmountRequiredError extends LimitsError {
  override readonly name = 'RateAmountRequiredError';

  constructor(
    /** The rate limits of the set. */
    readonly keys: readonly string[],
  ) {
    super(`The set has rate limits (${keys.join(', ')}): name the amount of at least one limit in "requested"`);
  }
}

/**
 * A request exceeds the capacity of a limit, so it would wait forever.
 *
 * @example
 * try {
 *   await limits.acquire({ requested: { input_tokens: 200_000 } });
 * } catch (error) {
 *   if (!(error instanceof RequestExceedsCapacityError)) throw error;
 *   console.log(`split the prompt: ${error.capacity} tokens are the most`);
 * }
 */
export class RequestExceedsCapacityError extends LimitsError {
  override readonly name = 'RequestExceedsCapacityError';

  constructor(
    /** The limit. */
    readonly key: string,
    /** The requested amount. */
    readonly amount: number,
    /** The largest possible request. */
    readonly capacity: number,
  ) {
    super(
      `Requested ${String(amount)} of "${key}", whose capacity is ${String(capacity)}: split the work or raise the capacity`,
    );
  }
}
