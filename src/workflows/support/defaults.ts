import * as defaults from '../../acquire/set/defaults';
import { failing } from './failure';

/**
 * Sets defaults for this workflow run, as the `configureLimits` of `temporal-limits` does for a process. Sets and pools
 * read the defaults when they are constructed, so call it first.
 *
 * @throws `InvalidLimitError`, as an `ApplicationFailure`, if a value is invalid, or differs from the one set before.
 *   Nothing is set then
 *
 * @example
 * configureLimits({ algorithm: 'TokenBucket' });
 */
export function configureLimits(options: defaults.LimitDefaultsOptions): void {
  failing(() => {
    defaults.configureLimits(options);
  });
}
