import { LimitsError } from './limits-error';

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
