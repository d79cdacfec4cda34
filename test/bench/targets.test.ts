import { type FleetShape, playFleet } from '../../bench/support/saturated-fleet';

jest.setTimeout(60_000);

/** What is promised of a saturated fleet of eight processes, and of one that hardly has more requests than it needs. */
const PROMISES: readonly (Omit<FleetShape, 'processes'> & { share: number; events: number })[] = [
  { perSecond: 2_000, windowSeconds: 5, windows: 2, share: 0.98, events: 50 },
  { perSecond: 10, windowSeconds: 5, windows: 12, share: 0.975, events: 3_000 },
  { perSecond: 10, windowSeconds: 60, windows: 2, share: 0.99, events: 3_000 },
  { perSecond: 100, windowSeconds: 5, windows: 4, backlogSeconds: 0.1, share: 0.97, events: 1_000 },
];

// in virtual time: what a fleet does there does not vary from run to run
test.each(PROMISES)(
  '$perSecond calls/s, windows of $windowSeconds s: at least $share of the quota for at most $events events',
  async ({ share, events, ...shape }) => {
    const found = await playFleet({ ...shape, processes: 8 });
    const { signals, pushes, workflowTasks, timers, acquisitions } = found;
    expect(found.over).toBe(0);
    expect(found.share).toBeGreaterThanOrEqual(share);
    const written = signals + 3 * pushes + 3 * workflowTasks + 2 * timers;
    expect((1_000 * written) / acquisitions).toBeLessThanOrEqual(events);
  },
);
