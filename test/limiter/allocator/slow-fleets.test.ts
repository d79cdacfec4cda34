import { Fleet } from '../../../simulator/fleet/fleet';
import type { FleetWatch } from '../../../simulator/fleet/fleet-watch';
import { calls, defined, permits } from '../../../simulator/scenario/definitions';

jest.setTimeout(60_000);

/**
 * A workflow's transaction takes 18 ms where the server's database is 1.25 ms away, and 60 ms where it is 5 ms away. With
 * neither a pause between introductions nor a pace that follows the server, these got 3,279, 1,591, 1,138 and 0.
 */
test.each([
  { clients: 8, transactionMs: 18, atLeast: 3_100, firstMs: 1_000 },
  { clients: 32, transactionMs: 18, atLeast: 2_000, firstMs: 2_000 },
  { clients: 8, transactionMs: 60, atLeast: 2_300, firstMs: 2_000 },
  { clients: 32, transactionMs: 60, atLeast: 600, firstMs: 5_000 },
  // its grants were over before a client knew the limiter's clock well enough to use one: the first took 10.5 s
  { clients: 32, transactionMs: 60, atLeast: 600, firstMs: 5_000, seed: 2 },
])(
  '$clients clients that begin at once, on a server that takes $transactionMs ms for a transaction: at least $atLeast acquisitions in 40 s, the first within $firstMs ms',
  async ({ clients, transactionMs, atLeast, firstMs, seed = 1 }) => {
    let first = Infinity;
    const watch: FleetWatch = { acquired: () => (first = Math.min(first, fleet.world.now())) };
    const definition = defined([calls(500, 5_000), permits(20)]);
    const fleet: Fleet = new Fleet({ seed, clients, definition, transactionMs, slowestMs: 20, watches: [watch] });
    for (const process of fleet.processes) process.work(4, () => ({ requested: {}, holdMs: 50 }));
    await fleet.runFor(40_000);
    expect(first).toBeLessThanOrEqual(firstMs);
    expect(fleet.started).toBeGreaterThanOrEqual(atLeast);
    expect(fleet.worstExcess()).toBeLessThanOrEqual(0);
  },
);

test.each([
  { windowMs: 60_000, slowestMs: 5_000, share: 0.75 },
  { windowMs: 5_000, slowestMs: 5_000, share: 0.45 },
  { windowMs: 5_000, slowestMs: 3_000, share: 0.6 },
])(
  'a fleet whose messages take up to $slowestMs ms uses what it is granted of a window of $windowMs ms',
  async ({ windowMs, slowestMs, share }) => {
    const perSecond = 20;
    const limits = [calls((perSecond * windowMs) / 1_000, windowMs), permits(20)];
    const fleet = new Fleet({ seed: 1, clients: 3, definition: defined(limits), slowestMs });
    for (const process of fleet.processes) process.work(20, () => ({ requested: {}, holdMs: 200 }));
    await fleet.runFor(30_000 + windowMs);
    const before = fleet.started;
    await fleet.runFor(120_000);
    expect((fleet.started - before) / (perSecond * 120)).toBeGreaterThan(share);
    expect(fleet.worstExcess()).toBeLessThanOrEqual(0);
  },
);

test('processes that begin while messages take long get on: none keeps waiting for each batch', async () => {
  const clients = 8;
  const fleet = new Fleet({ seed: 1, clients, definition: defined([calls(1e8, 1_000)]), slowestMs: 500 });
  for (const process of fleet.processes) process.work(20, () => ({ requested: {}, holdMs: 10 }));
  await fleet.runFor(10_000);
  const before = fleet.processes.map(({ acquisitions }) => acquisitions.length);
  await fleet.runFor(2_000);
  // a round trip takes half a second: of 20 for each, there would be 80
  const slowest = Math.min(...fleet.processes.map(({ acquisitions }, i) => acquisitions.length - before[i]!));
  expect(slowest).toBeGreaterThan(800);
});
