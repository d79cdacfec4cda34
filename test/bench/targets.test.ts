import { type FleetShape, playFleet } from '../../bench/support/saturated-fleet';
import { historyEvents } from '../../simulator/fleet/traffic';
import { grown } from './recorded';

/** What is promised of a saturated fleet of eight processes, and of one that hardly has more requests than it needs. */
const PROMISES: readonly (Omit<FleetShape, 'processes'> & { share: number })[] = [
  { perSecond: 2_000, windowSeconds: 5, windows: 2, share: 0.98 },
  { perSecond: 10, windowSeconds: 5, windows: 12, share: 0.975 },
  { perSecond: 10, windowSeconds: 60, windows: 2, share: 0.99 },
  { perSecond: 100, windowSeconds: 5, windows: 4, backlogSeconds: 0.1, share: 0.97 },
];

// in virtual time: what a fleet does there does not vary from run to run
test.each(PROMISES)(
  '$perSecond calls/s, windows of $windowSeconds s: at least $share of the quota, for what it did cost',
  async ({ share, ...shape }) => {
    const found = await playFleet({ ...shape, processes: 8 });
    expect(found.over).toBe(0);
    expect(found.share).toBeGreaterThanOrEqual(share);
    const { traffic, acquisitions } = found;
    const per1000 = (count: number): number => Math.round((1_000 * count) / acquisitions);
    const of = `per 1,000 acquisitions, ${shape.perSecond} calls/s in windows of ${shape.windowSeconds} s`;
    const counts = {
      [`messages ${of}`]: per1000(traffic.signals + traffic.pushes),
      [`events ${of}`]: per1000(historyEvents(traffic)),
    };
    expect(grown(counts)).toEqual([]);
  },
);
