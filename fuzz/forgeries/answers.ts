import type { Invariant } from '../../simulator/invariants/invariant';

/** Ends what a process does with its limits, for good. */
const FATAL: ReadonlySet<string> = new Set(['refused', 'conflict']);

/** Nobody is answered for what another has said in its name. */
export const answers: Invariant = {
  name: 'answers',
  promise: 'a client that is understood never gets the answer that it is not',
  watch({ fail }) {
    let [known, knownBefore] = [new Set<string>(), new Set<string>()];
    return {
      woke(read) {
        knownBefore = known;
        known = new Set(read().clients.map(({ id }) => id));
      },
      pushed({ client, status, detail }) {
        // one that has just come or gone may have been answered before, or after
        if (FATAL.has(status) && known.has(client) && knownBefore.has(client))
          fail(`${client}: ${status}, ${String(detail)}`);
      },
    };
  },
};
