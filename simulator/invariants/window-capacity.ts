import { EPSILON, type Invariant } from './invariant';

/** What amounts may be off by that are counted the same: sums of fractions, relative to the capacity. */
const ROUNDING = 2e-9;

/** The first promise of all. */
export const windowCapacity: Invariant = {
  name: 'window capacity',
  promise: 'no window at a provider, by its algorithm and its clock, ever holds more than the capacity',
  watch: ({ fail, definition }) => ({
    arrived(key, amount, excess) {
      const capacity = definition.limits.find((limit) => limit.key === key)?.capacity ?? 0;
      if (excess > EPSILON + ROUNDING * capacity) fail(`${key}: ${amount} arrived, ${excess} above the capacity`);
    },
  }),
};
