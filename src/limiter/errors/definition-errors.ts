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

/** The name stands for another definition already: the limiter runs it under the same version, or this process does. */
export class DefinitionConflictError extends LimitsError {
  override readonly name = 'DefinitionConflictError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** The definition of this process, as JSON. */
    readonly mine: string,
    /** The definition that the limiter runs, as JSON. */
    readonly running: string,
    /** What is to be done about it. */
    remedy = 'give the newer definition a higher version',
  ) {
    super(`"${limitSet}" is defined as ${mine} here, but runs as ${running}: ${remedy}`);
  }
}
