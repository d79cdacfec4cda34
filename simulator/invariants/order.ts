import type { Invariant } from './invariant';

/** Within a process, or a workflow run, to the letter. */
export const order: Invariant = {
  name: 'order',
  promise:
    'within a process, requests of a priority that ask for the same limits pass in the order in which they were made',
  watch({ fail }) {
    const latest = new Map<string, number>();
    return {
      acquired({ owner, priority, signature, takes, order: number }) {
        // what was defined anew meanwhile may have asked for the same at one of the two moments only
        const lane = `${owner} ${priority} ${signature} ${takes}`;
        const before = latest.get(lane) ?? 0;
        if (number < before)
          fail(`${owner}: request ${number} passed after request ${before}, which asked for the same`);
        latest.set(lane, number);
      },
    };
  },
};
