import type { Invariant } from './invariant';

/** Within a process, or a workflow run, to the letter. */
export const order: Invariant = {
  name: 'order',
  promise:
    'within a process, requests of a priority pass in the order in which they were made, none before a higher one that waits',
  watch({ fail }) {
    const latest = new Map<string, number>();
    return {
      acquired({ owner, priority, order: number }) {
        const lane = `${owner} ${priority}`;
        const before = latest.get(lane) ?? 0;
        if (number < before) fail(`${owner}: request ${number} passed after request ${before} of the same priority`);
        latest.set(lane, number);
      },
    };
  },
};
