/**
 * What limits cost through a real Temporal server (the dev server, in this machine): the latency of first acquires, and
 * where their time goes; of one served from the lease; and the share of a quota that a saturated fleet uses, with the
 * history that it writes. The clients of the fleet share one process. Not measured: networks, the hosted service.
 *
 *   npx tsx bench/temporal.ts [file for the results]
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallLimit, type Limit, LimitSet, ResourceLimit } from '../src/index';
import { limiterId, statsQuery } from '../src/workflows/limiter/protocol';
import { StrictWindow } from './quota/strict-window';
import { figure, type Finding, report } from './support/report';
import { quantile } from './support/rounds';
import { startTemporal } from './support/temporal';
import { firstAcquires, stagesOf } from './temporal/first-acquires';

const COLD = 24;
/** Light load: so many clients of a limit, each of which acquires now and then. */
const [LIGHT_CLIENTS, LIGHT_TIMES] = [8, 6] as const;
const WARM_MS = 5_000;
const [WINDOW_SECONDS, CAPACITY, QUOTA_MS] = [5, 500, 21_500] as const;

type Open = (name: string, limits: readonly Limit[]) => LimitSet;

async function main(): Promise<void> {
  const temporal = await startTemporal();
  const open: Open = (name, limits) => new LimitSet({ name, mode: 'temporal', client: temporal.newClient(), limits });
  const client = temporal.newClient();
  const permits = [new ResourceLimit({ key: 'connections', capacity: 100 })];
  const [atRest, atLightLoad] = [randomUUID(), randomUUID()];
  const cold = await firstAcquires([open(atRest, permits)], COLD);
  const stages = await stagesOf(client, atRest, cold);
  const light = await firstAcquires(
    Array.from({ length: LIGHT_CLIENTS }, () => open(atLightLoad, permits)),
    LIGHT_TIMES,
  );
  const latencies = [
    ['first acquire of a set at rest (ms)', cold.map(({ askedAt, grantedAt }) => grantedAt - askedAt)],
    [
      `first acquires of ${LIGHT_CLIENTS} clients by turns (ms)`,
      light.map(({ askedAt, grantedAt }) => grantedAt - askedAt),
    ],
    ['acquire under load, from the lease (µs)', await warm(open)],
  ] as const;
  // of all its runs
  const eventsOf = async (name: string): Promise<number> =>
    (await client.workflow.getHandle(limiterId(name)).query(statsQuery, Date.now())).events;
  const fleets = [await saturated(open, 1, eventsOf), await saturated(open, 8, eventsOf)];
  const quantiles = latencies.map(([name, times]) => {
    const sorted = times.toSorted((a, b) => a - b);
    return { name, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), acquisitions: times.length };
  });
  const findings: readonly Finding[] = [
    {
      title: 'from the request to the grant',
      columns: ['', 'p50', 'p99', 'acquisitions'],
      rows: quantiles.map(({ name, p50, p99, acquisitions }) => [
        ...[name, figure(p50), figure(p99), acquisitions.toLocaleString('en')],
      ]),
    },
    {
      title: `saturated clients at ${CAPACITY} calls per ${WINDOW_SECONDS} s`,
      columns: ['clients', 'share of the quota', 'over the limit', 'events per 1,000 acquisitions'],
      rows: fleets.map(({ clients, share, over, events }) => [
        ...[String(clients), `${(100 * share).toFixed(1)} %`, String(over), String(Math.round(events))],
      ]),
    },
    {
      title: 'where the time of a first acquire of a set at rest goes (ms)',
      columns: ['', 'least', 'p50', 'p90'],
      rows: [...stages].map(([stage, times]) => {
        const sorted = times.toSorted((a, b) => a - b);
        return [stage, ...[0, 0.5, 0.9].map((share) => figure(quantile(sorted, share)))];
      }),
    },
  ];
  report('temporal', findings, { quantiles, fleets, stages: Object.fromEntries(stages) }, process.argv[2]);
  await temporal.stop();
}

async function warm(open: Open): Promise<number[]> {
  const set = open(randomUUID(), [new ResourceLimit({ key: 'connections', capacity: 10 })]);
  const times: number[] = [];
  const end = performance.now() + WARM_MS;
  while (performance.now() < end) {
    const begun = performance.now();
    const slot = await set.acquire();
    times.push((performance.now() - begun) * 1_000);
    await slot.release();
    if (times.length % 100 === 0) await sleep(1);
  }
  await set.close();
  return times;
}

interface Saturated {
  readonly clients: number;
  readonly share: number;
  readonly over: number;
  readonly events: number;
}

async function saturated(open: Open, clients: number, eventsOf: (name: string) => Promise<number>): Promise<Saturated> {
  const name = randomUUID();
  const fleet = Array.from({ length: clients }, () =>
    open(name, [new CallLimit({ windowSeconds: WINDOW_SECONDS, capacity: CAPACITY })]),
  );
  const provider = new StrictWindow(CAPACITY, WINDOW_SECONDS * 1_000);
  const end = performance.now() + QUOTA_MS;
  const work = async (set: LimitSet): Promise<void> => {
    while (performance.now() < end) await set.use({}, () => provider.arrive(performance.now()));
  };
  await Promise.all(fleet.flatMap((set) => Array.from({ length: Math.ceil(CAPACITY / clients) }, () => work(set))));
  const { accepted, refused } = provider;
  const events = ((await eventsOf(name)) * 1_000) / accepted;
  await Promise.all(fleet.map((set) => set.close()));
  return { clients, share: provider.arrivals.share(provider.windowMs, 1), over: refused, events };
}

void main();
