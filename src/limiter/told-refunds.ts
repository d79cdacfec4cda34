import type { StartedWithin } from './algorithms/algorithm';
import type { ClientState } from './client-state';
import { countsBy } from './lapse';
import type { Sync } from './wire';

/** Within so many milliseconds was started what is given back by a client that does not say by when it was. */
const START_SPREAD_MS = 100;

/** Units given back in all, and between which moments those that came last count as started. */
interface ToldRefund {
  readonly totals: readonly number[];
  readonly within: StartedWithin;
}

/** What a sync says of units that were not needed: they count `guardMs` after their start, or since they lapsed. */
export function toldRefunds(
  state: ClientState,
  { refunds = [], refundEnds = [] }: Sync,
  guardMs: number,
): ToldRefund[] {
  return refunds.map(([startedAt, ...totals], i) => {
    const toldBy = Math.max(startedAt, refundEnds[i] ?? startedAt + START_SPREAD_MS);
    return { totals, within: { from: startedAt + guardMs, to: countsBy(state, startedAt, toldBy, guardMs) } };
  });
}
