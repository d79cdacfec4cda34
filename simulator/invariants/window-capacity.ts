import { EPSILON, type Invariant } from './invariant';

/** The first promise of all. */
export const windowCapacity: Invariant = {
  name: 'window capacity',
  promise: 'no window at a provider, by its algorithm and its clock, ever holds more than the capacity',
  watch: ({ fail }) => ({
    arrived(key, amount, excess) {
      if (excess > EPSILON) fail(`${key}: ${amount} arrived, ${excess} above the capacity`);
    },
  }),
};
