/**
 * What limits cost through a real Temporal server (the dev server, in this machine): the latency of a first acquire on a
 * set at rest, of one served from the lease, and the share of a quota that a saturated fleet uses, with the history that
 * it writes. The clients of the fleet share one process. Not measured: networks, the hosted service.
 *
 *   npx tsx bench/temporal.ts [file for the results]
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallLimit, type Limit, LimitSet, ResourceLimit } from '../src/index';
import { limiterId } from '../src/workflows/limiter-id';
import { statsQuery } from '../src/workflows/protocol';
import { StrictWindow } from './quota/strict-window';
import { figure, type Finding, report } from './support/report';
import { quantile } from './support/rounds';
import { startTemporal } from './support/temporal';

const COLD = 24;
/** Long enough that nothing is kept in advance any more. */
const REST_MS = 2_500;
const WARM_MS = 5_000;
const [WINDOW_SECONDS, CAPACITY, QUOTA_MS] = [5, 500, 21_500] as const;

type Open = (name: string, limits: readonly Limit[]) => LimitSet;

async function main(): Promise<void> {
  const temporal = await startTemporal();
  const open: Open = (name, limits) => new LimitSet({ name, mode: 'temporal', client: temporal.newClient(), limits });
  const latencies = [
    ['first acquire of a set at rest (ms)', await cold(open)],
    ['acquire under load, from the lease (µs)', await warm(open)],
  ] as const;
  // of all its runs
  const client = temporal.newClient();
  const eventsOf = async (name: string): Promise<number> =>
    (await client.workflow.getHandle(limiterId(name)).query(statsQuery, Date.now())).events;
  const fleets = [await saturated(open, 1, eventsOf), await saturated(open, 8, eventsOf)];
  const quantiles = latencies.map(([name, times]) => {
    const sorted = times.toSorted((a, b) => a - b);
    return { name, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), acquisitions: times.length };
  });
  const findings: readonly Finding[] = [
    {
      title: 'from the wish to the grant',
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
  ];
  report('temporal', findings, { quantiles, fleets }, process.argv[2]);
  await temporal.stop();
}

async function cold(open: Open): Promise<number[]> {
  const set = open(randomUUID(), [new ResourceLimit({ key: 'connections', capacity: 10 })]);
  await set.use({}, () => undefined);
  const times: number[] = [];
  for (let i = 0; i < COLD; i += 1) {
    await set.yield();
    await sleep(REST_MS);
    const begun = performance.now();
    const slot = await set.acquire();
    times.push(performance.now() - begun);
    await slot.release();
  }
  await set.close();
  return times;
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
