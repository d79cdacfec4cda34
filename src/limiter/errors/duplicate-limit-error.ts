import { LimitsError } from './limits-error';

/** Two limits of one set have the same key. */
export class DuplicateLimitError extends LimitsError {
  override readonly name = 'DuplicateLimitError';

  constructor(
    /** The key that stands twice. */
    readonly key: string,
  ) {
    super(`Two limits of the set have the key "${key}": give each limit a key of its own`);
  }
}
