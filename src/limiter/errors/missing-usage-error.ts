import { LimitsError } from './limits-error';

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
