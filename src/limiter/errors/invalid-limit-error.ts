import { LimitsError } from './limits-error';

/** A limit, a set or a pool was defined with a value that makes no sense. */
export class InvalidLimitError extends LimitsError {
  override readonly name = 'InvalidLimitError';

  constructor(
    /** The option that was wrong. */
    readonly option: string,
    detail: string,
  ) {
    super(`Invalid ${option}: ${detail}`);
  }
}
