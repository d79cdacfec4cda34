import { LimitsError } from './limits-error';

/**
 * The limiter is not available: the set was closed in this process, or the limiter did not answer in time.
 *
 * @example
 * try {
 *   console.log(await limits.getStats());
 * } catch (error) {
 *   if (!(error instanceof LimiterUnavailableError)) throw error;
 *   console.log(`${error.limitSet} has not answered: try again later`);
 * }
 */
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

/**
 * No limiter of this set is running, so there is nothing to inspect or to change. It was not started yet, or it has
 * completed.
 *
 * @example
 * try {
 *   console.log(await new LimitsAdmin().set('opnai').inspect());
 * } catch (error) {
 *   if (!(error instanceof NoLimiterError)) throw error;
 *   console.log(`did you mean ${error.meant}?`);
 * }
 */
export class NoLimiterError extends LimitsError {
  override readonly name = 'NoLimiterError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** The running set that was most likely meant. */
    readonly meant?: string,
  ) {
    super(
      `No limiter of set "${limitSet}" is running. It starts with the first acquire.${meant === undefined ? ' `temporal-limits ls` lists those that run.' : ` Did you mean "${meant}"?`}`,
    );
  }
}

/**
 * An operator's change is invalid. Nothing was changed.
 *
 * @example
 * try {
 *   await new LimitsAdmin().set('openai').setCapacity({ call_count: -5 });
 * } catch (error) {
 *   if (!(error instanceof InvalidChangeError)) throw error;
 *   console.log(error.detail);
 * }
 */
export class InvalidChangeError extends LimitsError {
  override readonly name = 'InvalidChangeError';

  constructor(
    /** What is wrong, and what would be right. */
    readonly detail: string,
  ) {
    super(`Cannot change the limits: ${detail}`);
  }
}

/**
 * A drain timed out while something was still in use, or the limiter did not answer. The set is still paused.
 *
 * @example
 * try {
 *   await new LimitsAdmin().set('openai').drain({ timeout: '2m' });
 * } catch (error) {
 *   if (!(error instanceof DrainTimeoutError)) throw error;
 *   console.log('still in use:', error.inUse);
 * }
 */
export class DrainTimeoutError extends LimitsError {
  override readonly name = 'DrainTimeoutError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    /** How long the drain waited. Unit: milliseconds. */
    readonly timeoutMs: number,
    /** What is still in use, by key; empty if the limiter did not answer at last. */
    readonly inUse: Readonly<Record<string, number>>,
  ) {
    const amounts = Object.entries(inUse).map(([key, amount]) => `${key} ${amount}`);
    const what = amounts.length > 0 ? `still has in use: ${amounts.join(', ')}` : 'does not answer what it has in use';
    super(`After ${timeoutMs} ms, "${limitSet}" ${what}. The set stays paused`);
  }
}

/**
 * The pause of a drain ended before nothing was in use: somebody resumed the set, or the time that the pause was given
 * was over. Calls start again.
 *
 * @example
 * try {
 *   await new LimitsAdmin().set('openai').drain({ for: '10m' });
 * } catch (error) {
 *   if (!(error instanceof DrainEndedError)) throw error;
 *   console.log(`${error.limitSet} is in use again`);
 * }
 */
export class DrainEndedError extends LimitsError {
  override readonly name = 'DrainEndedError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
  ) {
    super(`"${limitSet}" is no longer paused, so it is not drained: it was resumed, or the pause was given an end`);
  }
}

/**
 * What is held counts no longer. The process could not renew its lease in time, so its permits may belong to others now;
 * or the set was closed, or failed for good, which is then the `cause`.
 *
 * @example
 * await limits.use({}, async ({ signal }) => {
 *   await fetch('https://api.example.com', { signal }); // rejects with a LeaseLostError when the lease runs out
 * });
 */
export class LeaseLostError extends LimitsError {
  override readonly name = 'LeaseLostError';

  constructor(
    /** The limit set. */
    readonly limitSet: string,
    cause?: Error,
  ) {
    super(
      cause === undefined
        ? `The lease on "${limitSet}" ran out: the permits may belong to another process now`
        : `What is held of "${limitSet}" counts no longer. ${cause.message}`,
      cause === undefined ? undefined : { cause },
    );
  }
}
