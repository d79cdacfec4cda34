import type { Invariant } from './invariant';

/** Clocks drift, and what is about to end may be over when the request is there. Unit: milliseconds. */
const MOMENT_MS = 100;

/** An account that does not serve keeps no request from those that do. */
export const healthySets: Invariant = {
  name: 'healthy sets',
  promise: 'no pool sends a request to a set that it knows to be suspended while another set would serve it at once',
  watch: ({ fail }) => ({
    chosen(suspendedMs, hasRoomElsewhere) {
      if (suspendedMs > MOMENT_MS && hasRoomElsewhere)
        fail(`a request goes to a set that is suspended for ${suspendedMs} ms, though another would serve it`);
    },
  }),
};
