import fc from 'fast-check';
import type { AlgorithmName } from '../../src/limiter/algorithms/algorithm';
import { Fleet } from '../support/fleet';
import { calls, defined, tokens } from '../support/saturated-fleets';
import { permits } from './ledger-support';

const ALGORITHMS: AlgorithmName[] = ['SlidingWindow', 'FixedWindow', 'TokenBucket', 'LeakyBucket', 'GCRA'];
/** Longer than any lease, window or timeout. */
const DRAIN_MS = 90_000;
const EPSILON = 1e-6;
jest.setTimeout(60_000);

const situations = fc.record({
  seed: fc.nat(),
  clients: fc.integer({ min: 0, max: 3 }),
  runs: fc.integer({ min: 1, max: 12 }),
  algorithm: fc.constantFrom(...ALGORITHMS),
  callCapacity: fc.integer({ min: 5, max: 60 }),
  connections: fc.integer({ min: 1, max: 8 }),
  windowMs: fc.constantFrom(1_000, 2_000, 5_000),
  lossRate: fc.constantFrom(0, 0.1),
  timeouts: fc.boolean(),
  reloads: fc.boolean(),
  closedShare: fc.constantFrom(0, 0.3),
  awayShare: fc.constantFrom(0, 0.2),
});

type Situation = typeof situations extends fc.Arbitrary<infer S> ? S : never;

/** Processes that go on, and workflow runs that come, acquire several times at once, and end or are ended. */
function mixedFleet(situation: Situation): Fleet {
  const { seed, clients, algorithm, callCapacity, connections, windowMs, lossRate, reloads } = situation;
  const definition = defined([
    calls(callCapacity, windowMs),
    { ...tokens(10_000, windowMs, 'input'), algorithm },
    { ...tokens(7.5, windowMs, 'output'), algorithm: 'SlidingWindow' },
    permits(connections),
  ]);
  const fleet = new Fleet({ seed, clients, definition, lossRate, reloads });
  const { random } = fleet;
  const job = () => {
    const input = Math.ceil(2_000 * random() ** 3);
    return {
      requested: {
        input,
        ...(random() < 0.5 ? { output: random() } : {}),
        connections: random() < 0.1 ? Math.min(2, connections) : random() < 0.1 ? 0 : 1,
      },
      used: { input: input * random() },
      holdMs: 20 + 1_000 * random(),
      priority: random() < 0.1 ? 1 : 0,
      ...(situation.timeouts && random() < 0.3 ? { timeoutMs: 50 + 3_000 * random() } : {}),
    };
  };
  for (const process of fleet.processes) process.work(4, job);
  for (let i = 0; i < situation.runs; i += 1) {
    fleet.world.after(8_000 * random(), () => {
      const run = fleet.startRun();
      const times = 1 + Math.floor(5 * random() ** 2);
      for (let k = 0; k < times; k += 1) fleet.world.after(500 * random() ** 2, () => void run.acquire(job()));
      if (random() < situation.closedShare) fleet.world.after(3_000 * random(), () => run.close());
      else if (random() < situation.awayShare) {
        fleet.world.after(1_000 * random(), () => (run.isAway = true));
        fleet.world.after(5_000 + 45_000 * random(), () => run.comeBack());
      }
    });
  }
  return fleet;
}

/** What the limiter still counts as taken, and whom it still knows. */
function leftovers(fleet: Fleet): unknown[] {
  const { allocator, now } = fleet.limiter;
  if (allocator === undefined) return [];
  const { clients, ledger } = allocator.snapshot();
  return [
    ...Object.entries(allocator.stats(now).limits).filter(([, limit]) => limit.available < limit.capacity - EPSILON),
    // what has landed is moved when it is next looked at
    ...ledger.filter(({ held, landing = [] }) => landing.reduce((rest, { amount }) => rest - amount, held) > EPSILON),
    ...clients.filter(({ run, kept, level }) => run !== undefined || [...kept, ...level].some((n) => n > 0)),
  ];
}

describe('workflow runs among processes', () => {
  test('never exceed a limit, wherever between grant and release they start; all are served, and all comes home', async () => {
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const fleet = mixedFleet(situation);
        await fleet.runFor(12_000);
        for (const process of fleet.processes) process.stop();
        await fleet.runFor(DRAIN_MS);
        expect(fleet.worstExcess()).toBeLessThanOrEqual(EPSILON);
        expect(fleet.permits.get('connections')?.most ?? 0).toBeLessThanOrEqual(situation.connections);
        expect(fleet.runs.filter(({ isOpen, open }) => isOpen && open > 0).map(({ index }) => index)).toEqual([]);
        expect(leftovers(fleet)).toEqual([]);
      }),
      { numRuns: 80, seed: 21 },
    );
  });
});
