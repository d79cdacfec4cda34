import { LimitsError } from './limits-error';

/** The capacity did not come within the timeout. Nothing was taken. */
export class AcquireTimeoutError extends LimitsError {
  override readonly name = 'AcquireTimeoutError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** How long the acquisition waited. Unit: milliseconds. */
    readonly timeoutMs: number,
  ) {
    super(`No capacity in "${limitSet}" within ${String(timeoutMs)} ms`);
  }
}
