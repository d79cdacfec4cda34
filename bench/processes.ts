/**
 * One limit that allows more than anybody asks, shared by 1, 2 and 8 processes on this machine: acquisitions per second
 * in all, and latencies from the request to the grant, of the first of a process (while others start beside it; the first of
 * all starts the limiter too) and warm. Beside other limiters on a Redis, the modes in which concurry's processes
 * share limits, and the mutex sample's pattern on the same Temporal server. Not measured: networks.
 *
 *   npx tsx bench/processes.ts [file for the results]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type DevServer } from '../src/client/dev-server/dev-server';
import { type ConcurryFleet, concurryFleets } from './processes/concurry';
import { mutexPattern } from './processes/mutex';
import { type LimiterName, type Place } from './processes/limiters';
import { type RedisServer, startRedis } from './processes/redis';
import { type Found, type Order } from './processes/worker';
import { figure, report } from './support/report';
import { quantile } from './support/rounds';
import { startTemporal } from './support/temporal';

interface Outcome {
  readonly limiter: string;
  readonly processes: number;
  readonly perSecond: number;
  readonly coldMs: number | undefined;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const OWN = 'temporal-limits';
const PROCESSES = [1, 2, 8] as const;
const WARM_UP_MS = 3_000;
const FOR_MS = 3_000;
/** In each process, as many as a busy worker has activities. */
const AT_ONCE = 20;

async function main(): Promise<void> {
  const temporal = await startTemporal();
  const redis = await startRedis();
  try {
    show(await contest(temporal.server, redis));
  } finally {
    redis?.stop();
    await temporal.stop();
  }
}

async function contest(server: DevServer, redis: RedisServer | undefined): Promise<Outcome[]> {
  const fleets = concurryFleets();
  const outcomes: Outcome[] = [];
  for (const processes of PROCESSES) {
    outcomes.push(await compete(OWN, server.address, processes));
    if (redis !== undefined) {
      outcomes.push(await compete('rate-limiter-flexible + Redis', redis.url, processes));
      outcomes.push(await compete('bottleneck + Redis', redis.url, processes));
    }
    for (const fleet of fleets) outcomes.push(...(await ofConcurry(fleet, processes)));
  }
  const mutex = await mutexPattern(server);
  return [...outcomes, { limiter: "the mutex sample's pattern", processes: 1, coldMs: undefined, ...mutex }];
}

function show(outcomes: readonly Outcome[]): void {
  const rows = outcomes.map(({ limiter, processes, perSecond, coldMs, p50Ms, p99Ms }) => {
    const own = outcomes.find((one) => one.limiter === OWN && one.processes === processes)?.p50Ms ?? NaN;
    return [
      limiter,
      String(processes),
      Math.round(perSecond).toLocaleString('en'),
      coldMs?.toFixed(1) ?? '',
      `${inUnits(p50Ms)} / ${inUnits(p99Ms)}`,
      limiter === OWN ? '' : Number((p50Ms / own).toPrecision(2)).toLocaleString('en'),
    ];
  });
  const title = `one limit shared by processes, each with ${AT_ONCE} acquisitions at once (concurry: one)`;
  const columns = [
    ...['', 'processes', 'acquisitions/s in all', 'cold, median (ms)', 'warm, p50 / p99'],
    ...['p50 / temporal-limits'],
  ];
  report('processes', [{ title, columns, rows }], outcomes, process.argv[2]);
}

async function compete(limiter: LimiterName, address: string, processes: number): Promise<Outcome> {
  const place: Place = { limiter, address, name: randomUUID() };
  const order: Order = { ...place, atOnce: AT_ONCE, warmUpMs: WARM_UP_MS, forMs: FOR_MS };
  const workers = Array.from({ length: processes }, () =>
    fork(require.resolve('./processes/worker'), [JSON.stringify(order)], { execArgv: ['--import', 'tsx'] }),
  );
  try {
    const cold = (await hear<{ coldMs: number }>(workers)).map(({ coldMs }) => coldMs);
    const answers = hear<Found>(workers);
    for (const worker of workers) worker.send('go');
    return outcome(limiter, processes, cold, await answers);
  } finally {
    for (const worker of workers) worker.kill();
  }
}

/** The next word of each. One that ends without a word would be waited for for ever. */
function hear<T>(workers: readonly ChildProcess[]): Promise<T[]> {
  const ends = async (worker: ChildProcess): Promise<never> => {
    await once(worker, 'exit');
    throw new Error('a process has ended without a word');
  };
  return Promise.all(
    workers.map(async (worker) => ((await Promise.race([once(worker, 'message'), ends(worker)])) as [T])[0]),
  );
}

/** Nothing, and says why, where it cannot run. */
async function ofConcurry(fleet: ConcurryFleet, processes: number): Promise<Outcome[]> {
  try {
    const { cold, ...found } = await fleet.measure(processes, WARM_UP_MS, FOR_MS);
    return [outcome(fleet.limiter, processes, cold, [found])];
  } catch (error) {
    console.log(`without ${fleet.limiter}, ${processes} processes: ${String(error)}`);
    return [];
  }
}

function outcome(limiter: string, processes: number, cold: readonly number[], found: readonly Found[]): Outcome {
  const latencies = sorted(found.flatMap((one) => one.latencies));
  console.log(`${limiter}, ${processes} processes: measured`);
  return {
    ...{ limiter, processes, coldMs: quantile(sorted(cold), 0.5) },
    perSecond: (1_000 * found.reduce((sum, { acquisitions }) => sum + acquisitions, 0)) / FOR_MS,
    ...{ p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) },
  };
}

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);
const inUnits = (ms: number): string => (ms < 1 ? `${figure(ms * 1_000)} µs` : `${figure(ms)} ms`);

void main().then(() => process.exit());
