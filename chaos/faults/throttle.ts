import { setTimeout as sleep } from 'node:timers/promises';
import { allowanceOf } from '../cluster/limits';
import { underLoad } from '../under-load';

const OUTAGE_MS = 6_000;
/** Until it is called again once it serves, and all continue. */
const QUIET_MS = 5_000;
/** Without a hint, one tries after 1 and after 3 s; with one, when the provider says, or a moment too early. */
const PROBES = 3;

/** For a while the provider answers 429 to everything: first it says when to come back, then it does not. */
export const throttle = underLoad(
  'provider throttles',
  `twice ${OUTAGE_MS / 1_000} s, and up to 1 s until one tries again`,
  async ({ provider }) => {
    for (const hint of [true, false]) {
      await provider.behave({ refusal: { status: 429, forMs: OUTAGE_MS, hint } });
      await sleep(OUTAGE_MS + QUIET_MS);
    }
    await provider.behave();
  },
  // each outage meets the calls that are under way
  2 * (allowanceOf(1).connections + PROBES),
);
