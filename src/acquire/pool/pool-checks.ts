import { describeValue } from '../../limiter/errors/describe-value';
import { InvalidLimitError } from '../../limiter/errors/definition-errors';
import type { BaseLimitSet } from '../set/base-limit-set';

/** @throws InvalidLimitError unless it is a list of at least one */
export function checkList<Item>(limitSets: readonly Item[]): readonly Item[] {
  const isList = Array.isArray(limitSets);
  if (isList && limitSets.length > 0) return Array.from<Item>(limitSets);
  throw new InvalidLimitError(
    'limitSets',
    `a pool needs a list of at least one limit set, got ${isList ? 'none' : describeValue(limitSets)}`,
  );
}

/**
 * @param otherwise What takes anything else, for the message.
 * @throws InvalidLimitError unless it is a list of at least one limit set
 */
export function checkSets<Set>(limitSets: readonly Set[], otherwise = ''): readonly Set[] {
  const sets = checkList(limitSets);
  sets.forEach((set: unknown, i) => {
    if (isLimitSet(set)) return;
    throw new InvalidLimitError(`limitSets[${i}]`, `expected a LimitSet, got ${describeValue(set)}${otherwise}`);
  });
  return sets;
}

/** By what a pool asks of it: a set of another copy of this package serves as well, and is no instance. */
function isLimitSet(set: unknown): boolean {
  if (typeof set !== 'object' || set === null) return false;
  const { acquire, tryAcquire, use, expectedWaitMs } = set as Partial<Record<keyof BaseLimitSet, unknown>>;
  return [acquire, tryAcquire, use, expectedWaitMs].every((method) => typeof method === 'function');
}
