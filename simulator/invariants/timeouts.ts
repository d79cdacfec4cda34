import type { Invariant } from './invariant';

/** What a timer may be early by. Unit: milliseconds. */
const EARLY_MS = 1.5;

/** Waiting ends at the deadline and not before. */
export const timeouts: Invariant = {
  name: 'timeouts',
  promise: 'nobody who waited passes at or after the deadline, nobody is refused before it',
  watch({ fail, scenario: { faults } }) {
    // what a newer definition makes too large for ever is refused at once
    const mayBeRefused = faults.includes('redefinition');
    return {
      acquired({ owner, order, requestedAt, acquiredAt, deadline }) {
        if (acquiredAt > requestedAt && acquiredAt >= deadline + EARLY_MS)
          fail(`${owner}: request ${order} passed ${acquiredAt - deadline} ms after its deadline`);
      },
      refused({ owner, order, acquiredAt, deadline }) {
        if (!mayBeRefused && acquiredAt < deadline - EARLY_MS)
          fail(`${owner}: request ${order} was refused ${deadline - acquiredAt} ms before its deadline`);
      },
    };
  },
};
