import { LimitsError } from './limits-error';

/** The process could not renew its lease in time, so its permits may belong to others by now. */
export class LeaseLostError extends LimitsError {
  override readonly name = 'LeaseLostError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
  ) {
    super(`The lease on "${limitSet}" ran out: the permits may belong to another process now`);
  }
}
