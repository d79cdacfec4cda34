import * as limits from '../../limiter/definition/limits';
import { failing } from '../support/failure';

/**
 * A class of limits whose constructor has the workflow fail with what it throws. It is the class otherwise: a subclass would
 * have no instances among the limits that a set or a pool makes of JSON.
 */
function failingClass<Class extends new (options: never) => limits.Limit>(plain: Class): Class {
  return new Proxy(plain, {
    construct: (target, args, newTarget) => failing(() => Reflect.construct(target, args, newTarget) as limits.Limit),
  });
}

/** The `RateLimit` of `temporal-limits`, for workflow code. Its errors are `ApplicationFailure`s. */
export const RateLimit = failingClass(limits.RateLimit);
/** An instance of it. */
export type RateLimit = limits.RateLimit;

/** The `CallLimit` of `temporal-limits`, for workflow code. Its errors are `ApplicationFailure`s. */
export const CallLimit = failingClass(limits.CallLimit);
/** An instance of it. */
export type CallLimit = limits.CallLimit;

/** The `ResourceLimit` of `temporal-limits`, for workflow code. Its errors are `ApplicationFailure`s. */
export const ResourceLimit = failingClass(limits.ResourceLimit);
/** An instance of it. */
export type ResourceLimit = limits.ResourceLimit;
