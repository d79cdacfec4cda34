import { asyncLocalStorage, CompleteAsyncError } from '@temporalio/activity';
import type { Acquisition } from '../../acquire/set/acquisition';
import { DefinitionConflictError } from '../../limiter/errors/definition-errors';
import { checkFunction } from '../../limiter/checks/option-values';
import { attemptFailure, lastingFailure } from './attempt-failure';
import { currentWorker, runWithAcquisition } from '../context/current';
import { limitsOfCall, limitsOfThisWorker } from './limits-of-call';
import { checkLimitedOptions, type FailedUsage, type LimitedOptions, type LimitedRules } from './limited-options';
import { warnOfTighterPolicy } from './retry-options';

/**
 * Wraps an activity so that each call first acquires from its worker's limits, and releases afterwards. The activity's
 * body does not change.
 *
 * It returns the body's result, whatever the call used. Usage above the request is charged. If `usage` throws or
 * returns an invalid value, the full request counts as used, and one warning says so.
 *
 * A call throws its body's error unchanged, unless `retry` decides when to try again. Temporary errors of the limits,
 * such as `AcquireTimeoutError` and `LeaseLostError`, follow the caller's retry policy. Mistakes, such as
 * `RequestExceedsCapacityError` and `UnknownLimitError`, end the activity under any policy. They become a non-retryable
 * `ApplicationFailure`, with the error's name as its `type` and the error as its cause.
 *
 * @throws InvalidLimitError, which names an invalid option, before anything runs
 *
 * @example
 * const activities = {
 *   complete: limited(complete, {
 *     requested: (prompt, maxTokens) => ({ input_tokens: countTokens(prompt), output_tokens: maxTokens ?? 100 }),
 *     usage: ({ usage }) => ({ input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens }),
 *     retry: { numRetries: 5, retryOn: [RateLimitError, InternalServerError, APIConnectionError] },
 *   }),
 * };
 */
export function limited<Activity extends AnyActivity>(
  activity: Activity,
  options: LimitedOptions<Parameters<Activity>, Awaited<ReturnType<Activity>>> = {},
): Limited<Activity> {
  type Args = Parameters<Activity>;
  type Result = Awaited<ReturnType<Activity>>;
  checkFunction('activity', activity);
  const rules = checkLimitedOptions<Args, Result>(options);
  const { retry } = rules;
  const wrapped = async function (this: unknown, ...args: Args): Promise<Result> {
    if (retry !== undefined) warnOfTighterPolicy(retry);
    const ofBody = new Set<unknown>();
    const body = async (): Promise<Result> => {
      try {
        return (await Reflect.apply(activity, this, args)) as Result;
      } catch (error) {
        ofBody.add(error);
        throw error;
      }
    };
    try {
      return await attempt(body, rules, args);
    } catch (error) {
      const isOfBody = ofBody.has(error);
      if (!isOfBody && error instanceof DefinitionConflictError) {
        currentWorker()?.stop(error);
        // whatever the rules for calls say: another worker, with the limits that run, can do the work
        throw error;
      }
      if (retry !== undefined) throw await attemptFailure(error, retry, args);
      throw isOfBody ? error : lastingFailure(error);
    }
  };
  // Temporal and stack traces name activities by their function
  Object.defineProperty(wrapped, 'name', { value: activity.name });
  return wrapped as unknown as Limited<Activity>;
}

/** Any function that can be an activity. */
export type AnyActivity = (...args: never[]) => unknown;

/** The activity's own signature, with its optional and type parameters and its `this`. It always returns a promise. */
export type Limited<Activity extends AnyActivity> = Activity extends (...args: never[]) => Promise<unknown>
  ? Activity
  : (this: ThisParameterType<Activity>, ...args: Parameters<Activity>) => Promise<Awaited<ReturnType<Activity>>>;

async function attempt<Args extends readonly unknown[], Result>(
  body: () => Promise<Result>,
  rules: LimitedRules<Args, Result>,
  args: Args,
): Promise<Result> {
  const { requested, usage, usageOnError, timeout, priority } = rules;
  const limits = rules.limits === undefined ? limitsOfThisWorker() : await limitsOfCall(rules.limits(...args));
  const wanted = requested?.(...args);
  return limits.use({ requested: wanted, timeout, priority }, async (slot) => {
    // reported beforehand, so that the body may report better
    if (usage === undefined) slot.update({ usage: slot.requested });
    let result: Result;
    try {
      result = await runWithAcquisition(limits, slot, body);
    } catch (error) {
      // the call goes on elsewhere, and has no outcome yet
      if (error instanceof CompleteAsyncError) throw error;
      observe(slot, rules.feedback, error, args, error);
      if (usageOnError !== undefined) report(slot, 'usageOnError', usageOnError, () => usageOnError(error, ...args));
      throw error;
    }
    observe(slot, rules.feedback, result, args, SERVED);
    if (usage !== undefined) report(slot, 'usage', usage, () => usage(result, ...args));
    return result;
  });
}

/** What is observed of a call that ended well where nothing says what the provider answered. */
const SERVED = { status: 200 };

/** Has the set hear what a call came to. A function of the user's that throws must not lose the call's result. */
function observe<Args extends readonly unknown[]>(
  slot: Acquisition,
  feedback: LimitedRules<Args, never>['feedback'],
  outcome: unknown,
  args: Args,
  byDefault: unknown,
): void {
  if (feedback === true) slot.observeOutcome(byDefault);
  if (typeof feedback !== 'function') return;
  try {
    const answer = feedback(outcome, ...args);
    if (answer instanceof Promise) {
      answer.catch(() => undefined);
      throw new TypeError('it returned a promise, and an answer is observed at once');
    }
    if (answer !== undefined) slot.observe(answer);
  } catch (error) {
    warnOnce(feedback, 'feedback threw; the set does not observe such calls.', error);
  }
}

/**
 * Reports a usage as a function of the user's says. Whatever is wrong about that function must neither lose an answer
 * that has been paid for nor hide why a call threw: the full request counts as used then, and one warning says so.
 */
function report(slot: Acquisition, option: string, source: object, read: () => FailedUsage): void {
  try {
    const used = read();
    if (used === 'notSent') slot.tellUnused();
    else if (used !== 'unknown') slot.update({ usage: used });
  } catch (error) {
    // the body has released it, and with it told all that it had to tell
    if (!slot.isHeld) return;
    slot.update({ usage: slot.requested });
    warnOnce(source, `${option} threw or returned an invalid value; counting the full request as used.`, error);
  }
}

/** The functions of which has been warned: a mistake is one of all calls. */
const warned = new WeakSet<object>();

function warnOnce(source: object, message: string, error: unknown): void {
  if (warned.has(source)) return;
  warned.add(source);
  const { log } = asyncLocalStorage.getStore() ?? {};
  if (log !== undefined) log.warn(message, { error });
  else process.emitWarning(`${message} ${error instanceof Error ? error.message : ''}`.trim(), 'LimitsWarning');
}
