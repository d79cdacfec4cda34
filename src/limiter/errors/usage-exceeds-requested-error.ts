import { LimitsError } from './limits-error';

/** More was used than requested. Nothing was changed. */
export class UsageExceedsRequestedError extends LimitsError {
  override readonly name = 'UsageExceedsRequestedError';

  constructor(
    /** The limit. */
    readonly key: string,
    /** The usage given. */
    readonly usage: number,
    /** What had been requested. */
    readonly requested: number,
  ) {
    super(
      `Used ${String(usage)} of "${key}" but requested ${String(requested)}: request the most that may be used, or define the limit with overage: "charge"`,
    );
  }
}
