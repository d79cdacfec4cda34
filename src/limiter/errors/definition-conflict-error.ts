import { LimitsError } from './limits-error';

/** The limiter runs another definition under the same version. */
export class DefinitionConflictError extends LimitsError {
  override readonly name = 'DefinitionConflictError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** The definition of this process, as JSON. */
    readonly mine: string,
    /** The definition that the limiter runs, as JSON. */
    readonly running: string,
  ) {
    super(
      `"${limitSet}" is defined as ${mine} here, but runs as ${running}: give the newer definition a higher version`,
    );
  }
}
