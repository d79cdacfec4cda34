/**
 * One limit that allows more than anybody asks, shared by 1, 2 and 8 processes on this machine: acquisitions per second
 * in all, and latencies from the wish to the grant, of the first of a process (while others start beside it; the first of
 * all starts the limiter too) and warm. Beside other limiters on a Redis, and the mutex sample's pattern on the same
 * Temporal server. Not measured: networks; the reference system's Ray and process modes.
 *
 *   npx tsx bench/processes.ts [file for the results]
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { NativeConnection, DefaultLogger, Runtime } from '@temporalio/worker';
import { shareHost } from '../src/activities/hosts';
import { startDevServer } from '../src/client/dev-server';
import { mutexPattern } from './processes/mutex';
import { type LimiterName, type Place } from './processes/limiters';
import { startRedis } from './processes/redis';
import { type Found, type Order } from './processes/worker';
import { figure, report } from './support/report';
import { quantile } from './support/rounds';

interface Outcome {
  readonly limiter: string;
  readonly processes: number;
  readonly perSecond: number;
  readonly coldMs: number | undefined;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const PROCESSES = [1, 2, 8] as const;
const WARM_UP_MS = 3_000;
const FOR_MS = 3_000;
/** In each process, as many as a busy worker has activities. */
const AT_ONCE = 20;

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startDevServer();
  const native = await NativeConnection.connect({ address: server.address });
  const host = await shareHost({
    ...{ connection: native, namespace: server.namespace, dataConverter: undefined },
    ...{ hostLimiter: true, limiterBundle: undefined },
  });
  const redis = await startRedis();
  const outcomes: Outcome[] = [];
  for (const processes of PROCESSES) {
    outcomes.push(await compete('temporal-limits', server.address, processes));
    if (redis === undefined) continue;
    outcomes.push(await compete('rate-limiter-flexible + Redis', redis.url, processes));
    outcomes.push(await compete('bottleneck + Redis', redis.url, processes));
  }
  outcomes.push({
    limiter: "the mutex sample's pattern",
    processes: 1,
    coldMs: undefined,
    ...(await mutexPattern(server)),
  });
  const rows = outcomes.map(({ limiter, processes, perSecond, coldMs, p50Ms, p99Ms }) => [
    limiter,
    String(processes),
    Math.round(perSecond).toLocaleString('en'),
    coldMs?.toFixed(1) ?? '',
    `${inUnits(p50Ms)} / ${inUnits(p99Ms)}`,
  ]);
  const title = `one limit shared by processes, each with ${AT_ONCE} acquisitions at once`;
  const columns = ['', 'processes', 'acquisitions/s in all', 'cold, median (ms)', 'warm, p50 / p99'];
  report('processes', [{ title, columns, rows }], outcomes, process.argv[2]);
  redis?.stop();
  await host.stop();
  await native.close();
  await server.stop();
}

async function compete(limiter: LimiterName, address: string, processes: number): Promise<Outcome> {
  const place: Place = { limiter, address, name: randomUUID() };
  const order: Order = { ...place, atOnce: AT_ONCE, warmUpMs: WARM_UP_MS, forMs: FOR_MS };
  const workers = Array.from({ length: processes }, () =>
    fork(require.resolve('./processes/worker'), [JSON.stringify(order)], { execArgv: ['--import', 'tsx'] }),
  );
  const hear = async <T>(): Promise<T[]> =>
    Promise.all(workers.map(async (worker) => ((await once(worker, 'message')) as [T])[0]));
  const cold = (await hear<{ coldMs: number }>()).map(({ coldMs }) => coldMs);
  const answers = hear<Found>();
  for (const worker of workers) worker.send('go');
  const found = await answers;
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
