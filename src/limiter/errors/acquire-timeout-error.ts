import { LimitsError } from './limits-error';

/** The capacity did not come within the timeout. Nothing was taken. */
export class AcquireTimeoutError extends LimitsError {
  override readonly name = 'AcquireTimeoutError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** How long the acquisition waited. Unit: milliseconds. */
    readonly timeoutMs: number,
    /** What stood in the way, if it was not that others had the capacity. */
    readonly obstacle?: string,
  ) {
    super(
      `No capacity in "${limitSet}" within ${String(timeoutMs)} ms${obstacle === undefined ? '' : `: ${obstacle}`}`,
    );
  }
}
