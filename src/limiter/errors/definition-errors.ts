import { LimitsError } from './limits-error';

/**
 * An option of a limit, a set or a pool is invalid.
 *
 * @example
 * try {
 *   new CallLimit({ windowSeconds: 60, capacity: Number(process.env.CAPACITY) });
 * } catch (error) {
 *   if (!(error instanceof InvalidLimitError)) throw error;
 *   console.log(`${error.option} is invalid: ${error.message}`);
 * }
 */
export class InvalidLimitError extends LimitsError {
  override readonly name = 'InvalidLimitError';

  constructor(
    /** The invalid option. */
    readonly option: string,
    detail: string,
  ) {
    super(`Invalid ${option}: ${detail}`);
  }
}

/**
 * Two limits of a set have the same key.
 *
 * @example
 * const perMinute = new CallLimit({ windowSeconds: 60, capacity: 500 });
 * const perDay = new CallLimit({ key: 'calls_per_day', windowSeconds: 86_400, capacity: 10_000 });
 * new LimitSet({ limits: [perMinute, perDay] }); // without the key of its own, this throws
 */
export class DuplicateLimitError extends LimitsError {
  override readonly name = 'DuplicateLimitError';

  constructor(
    /** The key that appears twice. */
    readonly key: string,
  ) {
    super(`Two limits of the set have the key "${key}": give each limit its own key`);
  }
}

/** One option in which two definitions of a limit set differ. */
export interface DefinitionDifference {
  /** The key of the limit; absent for an option of the whole set. */
  readonly limit?: string;
  /** The option, such as `capacity`. */
  readonly option: string;
  /** Its value in this process. */
  readonly mine: string;
  /** Its value where the limits run. */
  readonly running: string;
}

/**
 * Another definition with the same name and version already runs, in the limiter or in this process. The conflict lasts
 * until a higher version is deployed, so activities that meet it may be retried.
 *
 * @example
 * try {
 *   await limits.use({}, callTheProvider);
 * } catch (error) {
 *   if (!(error instanceof DefinitionConflictError)) throw error;
 *   for (const { option, mine, running } of error.differences) console.log(`${option}: ${mine} here, ${running} there`);
 * }
 */
export class DefinitionConflictError extends LimitsError {
  override readonly name = 'DefinitionConflictError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** The differences between the definitions. */
    readonly differences: readonly DefinitionDifference[],
  ) {
    super(
      `"${limitSet}" is defined differently under the same version: ${differences.map(describe).join('; ')}. ` +
        'Give the newer definition a higher version, or give this set another name',
    );
  }
}

function describe({ limit, option, mine, running }: DefinitionDifference): string {
  const what = limit === undefined ? option : option === 'limit' ? `limit "${limit}"` : `${option} of "${limit}"`;
  return `${what} is ${mine} here, but ${running} where it runs`;
}
