import fc from 'fast-check';
import { Fleet } from '../../../simulator/fleet/fleet';
import { calls, defined, permits, tokens } from '../../../simulator/scenario/definitions';
import { algorithmNames } from '../../../src/limiter/algorithms/algorithms';
import { comeToRest, connectionsAtMost, EPSILON, everyLimit, leftovers } from './fleet-support';

const situations = fc.record({
  seed: fc.nat(),
  clients: fc.integer({ min: 0, max: 3 }),
  runs: fc.integer({ min: 1, max: 12 }),
  algorithm: fc.constantFrom(...algorithmNames),
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

/** Processes that continue, and workflow runs that come, acquire several times at once, and end or are ended. */
function mixedFleet(situation: Situation): Fleet {
  const { seed, clients, connections, lossRate, reloads } = situation;
  const fleet = new Fleet({ seed, clients, definition: everyLimit(situation), lossRate, reloads });
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

describe('workflow runs among processes', () => {
  test('never exceed a limit, wherever between grant and release they start; all are served, and all comes home', async () => {
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const fleet = mixedFleet(situation);
        await fleet.runFor(12_000);
        await comeToRest(fleet);
        expect(fleet.worstExcess()).toBeLessThanOrEqual(EPSILON);
        expect(connectionsAtMost(fleet)).toBeLessThanOrEqual(situation.connections);
        expect(fleet.runs.filter(({ isOpen, open }) => isOpen && open > 0).map(({ index }) => index)).toEqual([]);
        expect(leftovers(fleet)).toEqual([]);
      }),
      { numRuns: 80, seed: 21 },
    );
  });

  test('take over a higher version while they hold and wait, and continue', async () => {
    await fc.assert(
      fc.asyncProperty(situations, fc.integer({ min: 2, max: 8 }), async (situation, connections) => {
        const fleet = mixedFleet({ ...situation, closedShare: 0, awayShare: 0 });
        await fleet.runFor(4_000);
        const [, input] = fleet.options.definition.limits;
        const newer = defined([calls(30, 1_000, 'bursts'), input!, permits(connections), calls(20, 1_000)], 2);
        fleet.join(newer).work(1, () => ({ requested: { input: 10 }, holdMs: 50 }));
        await fleet.runFor(8_000);
        await comeToRest(fleet);
        const most = Math.max(connections, situation.connections);
        expect(connectionsAtMost(fleet)).toBeLessThanOrEqual(most);
        expect(fleet.runs.filter(({ open }) => open > 0).map(({ index }) => index)).toEqual([]);
        expect(leftovers(fleet)).toEqual([]);
      }),
      { numRuns: 25, seed: 23 },
    );
  });

  test('hear of what drips in by the handful, and of what is there at once', async () => {
    const meter = { ...tokens(10, 1_000), algorithm: 'GCRA' as const };
    const fleet = new Fleet({ seed: 1, clients: 0, definition: defined([meter]) });
    const run = fleet.startRun();
    for (let i = 0; i < 60; i += 1) void run.acquire({ requested: { tokens: 1 }, holdMs: 1 });
    await fleet.runFor(300);
    expect(fleet.limiter.traffic.pushes).toBe(1);
    await fleet.runFor(10_000);
    expect(run.served).toBe(60);
    // a drop every 100 ms for some five seconds
    expect(fleet.limiter.traffic.pushes).toBeLessThan(30);
  });

  test('are asked after twice in a lease, all of them together', async () => {
    const fleet = new Fleet({ seed: 1, clients: 0, definition: defined([permits(20)]) });
    for (let i = 0; i < 20; i += 1) {
      fleet.world.after(100 * i, () => void fleet.startRun().acquire({ requested: {}, holdMs: 300_000 }));
    }
    await fleet.runFor(151_000);
    expect(fleet.limiter.traffic).toMatchObject({ signals: 20, pushes: 20, probes: 10 });
    fleet.runs[7]!.close();
    await fleet.runFor(30_000);
    const { limits, clients } = fleet.limiter.allocator!.stats(fleet.limiter.now);
    expect([limits['connections']!.available, clients]).toEqual([1, 19]);
  });

  test('keep what they have while nobody can say whether they are open', async () => {
    const fleet = new Fleet({ seed: 1, clients: 1, definition: defined([permits(1)]), lossRate: 1 });
    void fleet.startRun().acquire({ requested: {}, holdMs: 1 });
    await fleet.runFor(500);
    const held = fleet.startRun();
    void held.acquire({ requested: {}, holdMs: 1e6 });
    await fleet.runFor(500);
    held.close();
    await fleet.runFor(120_000);
    expect(fleet.limiter.allocator!.stats(fleet.limiter.now).limits['connections']!.available).toBe(0);
  });
});
