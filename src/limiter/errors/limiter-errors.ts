import { LimitsError } from './limits-error';

/** The limiter cannot be asked: its client here has been closed, or nobody answered in time. */
export class LimiterUnavailableError extends LimitsError {
  override readonly name = 'LimiterUnavailableError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`The limiter of "${limitSet}" is not available: ${detail}`, options);
  }
}

/** Nobody has started the limiter of this set, or it has completed: there is nothing to look at or to change. */
export class NoLimiterError extends LimitsError {
  override readonly name = 'NoLimiterError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** The set with a limiter that was most likely meant. */
    readonly meant?: string,
  ) {
    super(
      `No limiter of set "${limitSet}" runs: it starts with the first acquire.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
    );
  }
}

/** A change that an operator asked for cannot be made; nothing has been changed. */
export class InvalidChangeError extends LimitsError {
  override readonly name = 'InvalidChangeError';

  constructor(
    /** What is wrong, and what would be right. */
    readonly detail: string,
  ) {
    super(`Cannot change the limits: ${detail}`);
  }
}

/** What was in use was not given back in time. The set is still paused. */
export class DrainTimeoutError extends LimitsError {
  override readonly name = 'DrainTimeoutError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** How long it was waited for. Unit: milliseconds. */
    readonly timeoutMs: number,
    /** What is still in use, by key. */
    readonly inUse: Readonly<Record<string, number>>,
  ) {
    super(
      `After ${timeoutMs} ms, "${limitSet}" still has in use: ` +
        `${Object.entries(inUse)
          .map(([key, amount]) => `${key} ${amount}`)
          .join(', ')}. The set stays paused`,
    );
  }
}

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
