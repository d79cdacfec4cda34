import type { Invariant } from './invariant';

/** Of a process that stands still or is gone, nothing is in use; one that is only cut off has to let go in time by itself. */
export const permitCapacity: Invariant = {
  name: 'permit capacity',
  promise: 'processes and workflow runs that run never use more permits than there are',
  watch({ fail }) {
    const inUse = new Map<string, number>();
    return {
      permitsUsed(key, amount, excess) {
        const now = (inUse.get(key) ?? 0) + amount;
        inUse.set(key, now);
        if (amount > 0 && excess > 0) fail(`${key}: ${now} permits in use, ${excess} too many`);
        if (now < 0) fail(`${key}: ${now} permits in use`);
      },
    };
  },
};
