import { Fleet } from '../../../simulator/fleet/fleet';
import { play, scenarios } from '../../../simulator/loads/saturated-fleets';
import { calls, defined, permits } from '../../../simulator/scenario/definitions';
import { grown } from '../../bench/recorded';

test.each([
  { id: 'a', share: 0.98 },
  { id: 'b', share: 0.97 },
  { id: 'c', share: 0.99 },
  { id: 'd', share: 0.99 },
  { id: 'e', share: 0.99 },
  { id: 'f', share: 0.93 },
  { id: 'g', share: 0.82 },
])('a saturated fleet uses its quota, evenly, for few messages: $id', async ({ id, share }) => {
  const outcome = await play(scenarios[id]!);
  expect(outcome.worstExcess).toBeLessThanOrEqual(1e-6);
  expect(outcome.share).toBeGreaterThanOrEqual(share);
  expect(outcome.fairness).toBeGreaterThanOrEqual(0.75);
  const counts = {
    [`messages per 1,000 acquisitions, fleet ${id}`]: outcome.signals + outcome.pushes,
    [`events per 1,000 acquisitions, fleet ${id}`]: outcome.events,
  };
  expect(grown(counts)).toEqual([]);
});

test.each([
  { clients: 1, workers: 7 },
  { clients: 8, workers: 2 },
])(
  'the quota is used by $clients processes that have only $workers requests at a time',
  async ({ clients, workers }) => {
    const fleet = new Fleet({ seed: 1, clients, definition: defined([calls(500, 5_000)]) });
    for (const process of fleet.processes) process.work(workers, () => ({ requested: {}, holdMs: 20 }));
    await fleet.runFor(10_000);
    const { started } = fleet;
    const before = messages(fleet);
    await fleet.runFor(20_000);
    // a round trip takes 130 ms: a request more for each that ends would come to half of it
    expect(fleet.started - started).toBeGreaterThan(1_900);
    const what = `messages in 20 s, ${clients} × ${workers} requests at a time`;
    expect(grown({ [what]: messages(fleet) - before })).toEqual([]);
    expect(fleet.worstExcess()).toBeLessThanOrEqual(0);
  },
);

test('the first acquisition of an idle set takes one sync and one push', async () => {
  const fleet = new Fleet({ seed: 1, clients: 1, definition: defined([calls(100, 1_000), permits(5)]) });
  const acquisition = fleet.processes[0]!.acquire({ requested: {}, holdMs: 10_000 });
  await fleet.runFor(300);
  expect(fleet.limiter.traffic).toMatchObject({ signals: 1, pushes: 1 });
  expect(fleet.started).toBe(1);
  await fleet.runFor(20_000);
  expect((await acquisition).end).toBe('served');
});

test('under light, steady load acquisitions are served from the lease, without a message of their own', async () => {
  const fleet = new Fleet({ seed: 1, clients: 2, definition: defined([calls(50_000, 5_000), permits(50)]) });
  for (const process of fleet.processes)
    process.work(4, () => ({ requested: {}, holdMs: 20, pauseMs: 40 * fleet.random() }));
  await fleet.runFor(3_000);
  const known = fleet.processes.map(({ acquisitions }) => acquisitions.length);
  const before = messages(fleet);
  await fleet.runFor(10_000);
  const acquisitions = fleet.processes.flatMap((process, i) => process.acquisitions.slice(known[i]));
  const immediate = acquisitions.filter(({ requestedAt, acquiredAt }) => acquiredAt === requestedAt);
  expect(immediate.length / acquisitions.length).toBeGreaterThan(0.95);
  expect(grown({ 'messages in 10 s of light, steady load': messages(fleet) - before })).toEqual([]);
});

test('what a window lets through is started as fast as the permits allow, however few wait at a time', async () => {
  const fleet = new Fleet({ seed: 1, clients: 2, definition: defined([calls(60, 10_000), permits(10)]) });
  for (const process of fleet.processes) process.work(12, () => ({ requested: {}, holdMs: 250 }));
  // six rounds of ten permits take 1.5 s, the messages of the first permits and of their levelling the rest
  await fleet.runFor(2_600);
  expect(fleet.started).toBe(60);
});

/** Messages either way so far. */
function messages({ limiter: { traffic } }: Fleet): number {
  return traffic.signals + traffic.pushes;
}
