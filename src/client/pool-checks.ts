import { describeValue } from '../limiter/describe-value';
import { InvalidLimitError } from '../limiter/errors/invalid-limit-error';
import type { LimitSet } from './limit-set';

/** @throws InvalidLimitError unless it is a list of at least one */
export function checkList<Item>(limitSets: readonly Item[]): readonly Item[] {
  const isList = Array.isArray(limitSets);
  if (isList && limitSets.length > 0) return Array.from<Item>(limitSets);
  throw new InvalidLimitError(
    'limitSets',
    `a pool needs a list of at least one limit set, got ${isList ? 'none' : describeValue(limitSets)}`,
  );
}

/** @throws InvalidLimitError unless it is a list of at least one limit set */
export function checkSets(limitSets: readonly LimitSet[]): readonly LimitSet[] {
  const sets = checkList(limitSets);
  sets.forEach((set: unknown, i) => {
    if (isLimitSet(set)) return;
    throw new InvalidLimitError(
      `limitSets[${i}]`,
      `expected a LimitSet, got ${describeValue(set)}; LimitPool.fromJSON takes plain JSON`,
    );
  });
  return sets;
}

/** @throws InvalidLimitError unless it is a function; what it returns is checked at each choice */
export function checkRandom(random: () => number): () => number {
  if (typeof random === 'function') return random;
  throw new InvalidLimitError('random', `expected a function, got ${describeValue(random)}`);
}

/** By what a pool asks of it: a set of another copy of this package serves as well, and is no instance. */
function isLimitSet(set: unknown): boolean {
  if (typeof set !== 'object' || set === null) return false;
  const { acquire, tryAcquire, use, expectedWaitMs } = set as Partial<Record<keyof LimitSet, unknown>>;
  return [acquire, tryAcquire, use, expectedWaitMs].every((method) => typeof method === 'function');
}
