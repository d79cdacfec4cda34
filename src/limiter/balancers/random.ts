import { describeValue } from '../describe-value';
import { InvalidLimitError } from '../errors/invalid-limit-error';
import type { Balancer } from './balancer';

/** Any of them, all alike. */
export const random: Balancer = {
  name: 'Random',
  choose(_turn, candidates, next) {
    const chance: unknown = next();
    if (typeof chance !== 'number' || !(chance >= 0 && chance <= 1)) {
      throw new InvalidLimitError('random', `expected a number from 0 to below 1, got ${describeValue(chance)}`);
    }
    // a source that returns 1 after all must not name a set that is not there
    return Math.min(candidates.length - 1, Math.floor(chance * candidates.length));
  },
};
