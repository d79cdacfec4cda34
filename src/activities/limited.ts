import type { Duration } from '../client/duration';
import type { Amounts } from '../limiter/request';
import { currentLimits, runWithAcquisition } from './current';

/** Options of {@link limited}. */
export interface LimitedOptions<Args extends readonly unknown[], Result> {
  /** What a call needs, by key. @default 1 of each call and resource limit */
  readonly requested?: (...args: Args) => Amounts;
  /** What a call has used of the rate limits, by key. @default all that was requested */
  readonly usage?: (result: Result, ...args: Args) => Amounts;
  /** Longest wait for the limits; it counts towards the activity's start-to-close time. @default no limit */
  readonly timeout?: Duration;
  /** Who goes first when several wait: higher before lower. @default 0 */
  readonly priority?: number;
}

/**
 * Wraps an activity so that each call first acquires from its worker's limits and releases afterwards; the activity's
 * body stays as it is. When it throws, the units count as used: whether they were is not known.
 *
 * @example
 * const activities = {
 *   complete: limited(complete, {
 *     requested: (prompt, maxTokens) => ({ input_tokens: count(prompt), output_tokens: maxTokens }),
 *     usage: (reply) => ({ input_tokens: reply.usage.prompt_tokens, output_tokens: reply.usage.completion_tokens }),
 *   }),
 * };
 */
export function limited<Args extends readonly unknown[], Result>(
  activity: (...args: Args) => Result | PromiseLike<Result>,
  options: LimitedOptions<Args, Result> = {},
): (...args: Args) => Promise<Result> {
  const wrapped = async (...args: Args): Promise<Result> => {
    const { requested, usage, timeout, priority } = options;
    const wanted = requested?.(...args);
    return currentLimits().use({ requested: wanted, timeout, priority }, async (slot) => {
      const result = await runWithAcquisition(slot, () => activity(...args));
      const used = usage === undefined ? slot.requested : usage(result, ...args);
      slot.update({ usage: used });
      return result;
    });
  };
  // Temporal and stack traces name activities by their function
  Object.defineProperty(wrapped, 'name', { value: activity.name });
  return wrapped;
}
