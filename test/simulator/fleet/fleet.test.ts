import fc from 'fast-check';
import { Fleet } from '../../../simulator/fleet/fleet';
import type { Acquisition } from '../../../simulator/fleet/acquisition';
import { calls, defined, permits } from '../../../simulator/scenario/definitions';
import { algorithmNames } from '../../../src/limiter/algorithms/algorithms';
import { comeToRest, connectionsAtMost, EPSILON, everyLimit, leftovers } from './fleet-support';

const situations = fc.record({
  seed: fc.nat(),
  clients: fc.integer({ min: 1, max: 6 }),
  algorithm: fc.constantFrom(...algorithmNames),
  callCapacity: fc.integer({ min: 5, max: 60 }),
  connections: fc.integer({ min: 1, max: 12 }),
  windowMs: fc.constantFrom(1_000, 2_000, 5_000),
  lossRate: fc.constantFrom(0, 0, 0.05, 0.2),
  duplicateRate: fc.constantFrom(0, 0.1),
  timeouts: fc.boolean(),
  reloads: fc.boolean(),
});

type Situation = typeof situations extends fc.Arbitrary<infer S> ? S : never;

/** A fleet in which everybody wants a call, a connection and some of two kinds of tokens. */
function busyFleet(situation: Situation): Fleet {
  const { seed, clients, connections, timeouts, lossRate, duplicateRate, reloads } = situation;
  const network = { lossRate, duplicateRate, reloads };
  const fleet = new Fleet({ seed, clients, definition: everyLimit(situation), ...network });
  const { random } = fleet;
  for (const process of fleet.processes) {
    process.work(6, () => {
      const input = Math.ceil(2_000 * random() ** 3);
      return {
        requested: {
          input,
          ...(random() < 0.5 ? { output: random() } : {}),
          connections: random() < 0.1 ? Math.min(2, connections) : 1,
        },
        used: { input: input * random() },
        holdMs: 20 + 400 * random(),
        pauseMs: random() < 0.1 ? 500 * random() : 0,
        priority: random() < 0.1 ? 1 : 0,
        ...(timeouts && random() < 0.3 ? { timeoutMs: 50 + 3_000 * random() } : {}),
      };
    });
  }
  return fleet;
}

/** Whether those that asked for the same limits with the same priority came in the order of their requests. */
function isInOrder(acquisitions: readonly Acquisition[]): boolean {
  const latest = new Map<string, number>();
  return acquisitions
    .filter(({ end }) => end !== 'refused')
    .every(({ priority, signature, order }) => {
      const lane = `${priority} ${signature}`;
      const before = latest.get(lane) ?? 0;
      latest.set(lane, order);
      return order > before;
    });
}

describe('a fleet on a bad network', () => {
  test('never exceeds a limit, keeps the order, loses nothing and serves everybody', async () => {
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const fleet = busyFleet(situation);
        await fleet.runFor(10_000);
        await comeToRest(fleet);
        expect(fleet.worstExcess()).toBeLessThanOrEqual(EPSILON);
        expect(connectionsAtMost(fleet)).toBeLessThanOrEqual(situation.connections);
        expect(fleet.processes.every(({ acquisitions }) => isInOrder(acquisitions))).toBe(true);
        expect(fleet.processes.map(({ waiting }) => waiting)).toEqual(fleet.processes.map(() => 0));
        expect(leftovers(fleet)).toEqual([]);
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  test('is the same whether or not its limiter goes through a snapshot at every turn', async () => {
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const [one, other] = [busyFleet({ ...situation, reloads: false }), busyFleet({ ...situation, reloads: true })];
        await one.runFor(6_000);
        await other.runFor(6_000);
        expect(other.limiter.traffic).toEqual(one.limiter.traffic);
        expect(other.processes.map(({ acquisitions }) => acquisitions)).toEqual(
          one.processes.map(({ acquisitions }) => acquisitions),
        );
      }),
      { numRuns: 10, seed: 5 },
    );
  });

  test('is looked after by a limiter that has continued as new, though nobody speaks', async () => {
    const fleet = new Fleet({ seed: 1, clients: 1, definition: defined([permits(1)]) });
    void fleet.processes[0]!.acquire({ requested: {}, holdMs: 60_000 });
    await fleet.runFor(1_000);
    fleet.processes[0]!.kill();
    fleet.limiter.continueAsNew();
    await fleet.runFor(60_000);
    expect(leftovers(fleet)).toEqual([]);
  });

  test('survives processes that are killed: their permits and units come back', async () => {
    await fc.assert(
      fc.asyncProperty(situations, async (situation) => {
        const fleet = busyFleet({ ...situation, clients: situation.clients + 1 });
        await fleet.runFor(3_000 + 2_000 * fleet.random());
        fleet.processes[0]!.kill();
        await fleet.runFor(10_000);
        const { started } = fleet;
        await fleet.runFor(35_000);
        expect(fleet.started).toBeGreaterThan(started);
        await comeToRest(fleet);
        expect(fleet.worstExcess()).toBeLessThanOrEqual(EPSILON);
        expect(connectionsAtMost(fleet)).toBeLessThanOrEqual(situation.connections);
        expect(leftovers(fleet)).toEqual([]);
      }),
      { numRuns: 12, seed: 7 },
    );
  });

  test('tells a process that was paused for longer than its lease, whose successors have larger fencing tokens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(0, 0.1), async (seed, lossRate) => {
        const fleet = new Fleet({ seed, lossRate, clients: 2, definition: defined([permits(2)]) });
        const [paused, other] = [fleet.processes[0]!, fleet.processes[1]!];
        const stale = paused.acquire({ requested: { connections: 2 }, holdMs: 80_000 });
        const lost = paused.client.holders.of(stale, true);
        await fleet.runFor(8_000);
        expect(fleet.providers.permits.get('connections')?.inUse).toBe(2);
        const successor = other.acquire({ requested: {}, holdMs: 10 });
        await fleet.runFor(1_000);
        paused.clock.pause(45_000);
        await fleet.runFor(17_000);
        expect(other.acquisitions).toHaveLength(0);
        await fleet.runFor(20_000);
        expect(other.acquisitions).toHaveLength(1);
        await fleet.runFor(60_000);
        expect(lost.aborted).toBe(true);
        expect(await stale).toMatchObject({ end: 'lost' });
        expect((await successor).fencingToken).toBeGreaterThan((await stale).fencingToken);
        const again = paused.acquire({ requested: {}, holdMs: 10 });
        await fleet.runFor(10_000);
        expect(await again).toMatchObject({ end: 'served' });
      }),
      { numRuns: 10, seed: 9 },
    );
  });

  test('takes permits from a process that is cut off only after that process has let go of them by itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const fleet = new Fleet({ seed, clients: 2, definition: defined([permits(3)]) });
        const [cutOff, other] = [fleet.processes[0]!, fleet.processes[1]!];
        cutOff.work(5, () => ({ requested: {}, holdMs: 300 }));
        const long = cutOff.acquire({ requested: {}, holdMs: 80_000 });
        await fleet.runFor(4_000);
        cutOff.isCutOff = true;
        other.work(5, () => ({ requested: {}, holdMs: 300 }));
        await fleet.runFor(50_000);
        const [served, stale] = [other.acquisitions.length, cutOff.acquisitions.length];
        await fleet.runFor(10_000);
        expect(other.acquisitions.length - served).toBeGreaterThan(60);
        expect(cutOff.acquisitions).toHaveLength(stale);
        cutOff.isCutOff = false;
        await fleet.runFor(30_000);
        expect((await long).end).toBe('lost');
        expect(cutOff.acquisitions.length).toBeGreaterThan(stale + 30);
        expect(connectionsAtMost(fleet)).toBeLessThanOrEqual(3);
      }),
      { numRuns: 10, seed: 15 },
    );
  });

  test('claims its permits from a limiter that has lost its memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const definition = defined([calls(1_000, 1_000), permits(6)]);
        const fleet = new Fleet({ seed, clients: 3, definition });
        const long = fleet.processes.map((process) => process.acquire({ requested: {}, holdMs: 20_000 }));
        await fleet.runFor(2_000);
        for (const process of fleet.processes) process.work(4, () => ({ requested: {}, holdMs: 100 }));
        await fleet.runFor(3_000);
        fleet.limiter.forgetAll(definition);
        await fleet.runFor(10_000);
        const { limits, clients } = fleet.limiter.allocator!.stats(fleet.limiter.now);
        expect(clients).toBe(3);
        expect(limits['connections']!.available).toBeLessThanOrEqual(3);
        await fleet.runFor(10_000);
        for (const acquisition of long) expect((await acquisition).end).toBe('served');
        await comeToRest(fleet);
        expect(leftovers(fleet)).toEqual([]);
      }),
      { numRuns: 10, seed: 11 },
    );
  });

  test('takes over a higher version while it runs, and continues', async () => {
    await fc.assert(
      fc.asyncProperty(situations, fc.integer({ min: 1, max: 12 }), async (situation, connections) => {
        const fleet = busyFleet(situation);
        await fleet.runFor(4_000);
        const [, input] = fleet.options.definition.limits;
        const newer = defined([calls(30, 1_000, 'bursts'), input!, permits(connections), calls(20, 1_000)], 2);
        fleet.join(newer).work(3, () => ({ requested: { input: 10 }, holdMs: 50 }));
        await fleet.runFor(16_000);
        const served = fleet.started;
        await fleet.runFor(5_000);
        expect(fleet.started).toBeGreaterThan(served);
        expect(fleet.processes.map(({ client }) => client.lease.definition.version)).toEqual(
          fleet.processes.map(() => 2),
        );
        await comeToRest(fleet);
        expect(fleet.providers.units.get('input')!.worst).toBeLessThanOrEqual(EPSILON);
        expect(connectionsAtMost(fleet)).toBeLessThanOrEqual(Math.max(connections, situation.connections));
        expect(leftovers(fleet)).toEqual([]);
      }),
      { numRuns: 15, seed: 13 },
    );
  });
});
