import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import { errorNames, isErrorClass, type ErrorClass } from './error-reading';

/** What a predicate of `retryOn` gets besides the error. */
export interface RetryContext<Args extends readonly unknown[] = readonly unknown[]> {
  /** The number of the failed attempt, from 1. */
  readonly attempt: number;
  /** Time since the activity was first scheduled, by this machine's clock. Unit: milliseconds */
  readonly elapsedMs: number;
  /** Name of the activity. */
  readonly activityType: string;
  /** The arguments of the activity. */
  readonly args: Args;
}

/** Decides by the error itself. If it throws, that counts as `false`. */
export type RetryPredicate<Args extends readonly unknown[] = readonly unknown[]> = (
  error: unknown,
  context: RetryContext<Args>,
) => boolean | PromiseLike<boolean>;

/** One entry of `retryOn`: a class of errors, a name of one, or a predicate. */
export type RetryCondition<Args extends readonly unknown[] = readonly unknown[]> =
  ErrorClass | string | RetryPredicate<Args>;

/** @throws InvalidLimitError for what is neither a class of errors, nor a name, nor a predicate */
export function checkConditions<Args extends readonly unknown[]>(
  retryOn: RetryCondition<Args> | readonly RetryCondition<Args>[] | undefined,
): readonly RetryCondition<Args>[] | undefined {
  if (retryOn === undefined) return undefined;
  const conditions = Array.isArray(retryOn)
    ? (retryOn as readonly RetryCondition<Args>[])
    : [retryOn as RetryCondition<Args>];
  conditions.forEach(checkCondition);
  return [...conditions];
}

function checkCondition(condition: unknown): void {
  const isName = typeof condition === 'string' && condition.trim() !== '';
  const isPredicate = typeof condition === 'function' && !isOtherClass(condition);
  if (isName || isPredicate) return;
  const got = typeof condition === 'function' ? `class ${condition.name}` : describeValue(condition);
  throw new InvalidLimitError('retryOn', `expected classes of errors, names of them or predicates, got ${got}`);
}

/** A class that is none of errors would be called as a predicate, and throw each time. */
function isOtherClass(value: object): boolean {
  const isClass = Object.getOwnPropertyDescriptor(value, 'prototype')?.writable === false;
  return isClass && !isErrorClass(value);
}

/** Whether one of the conditions agrees to another attempt. */
export async function agrees<Args extends readonly unknown[]>(
  conditions: readonly RetryCondition<Args>[],
  error: unknown,
  context: RetryContext<Args>,
  onThrow: (thrown: unknown) => void,
): Promise<boolean> {
  const names = errorNames(error);
  for (const condition of conditions) {
    if (typeof condition === 'string') {
      if (names.has(condition)) return true;
    } else if (isErrorClass(condition)) {
      if (error instanceof condition || names.has(condition.name)) return true;
    } else if (await holds(condition, error, context, onThrow)) return true;
  }
  return false;
}

async function holds<Args extends readonly unknown[]>(
  predicate: RetryPredicate<Args>,
  error: unknown,
  context: RetryContext<Args>,
  onThrow: (thrown: unknown) => void,
): Promise<boolean> {
  try {
    return await predicate(error, context);
  } catch (thrown) {
    onThrow(thrown);
    return false;
  }
}
