/** A worker whose activities are limited. It also takes seats, and keeps them until it is to leave them. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { LimitsPlugin } from '../../src/activities/index';
import { installQuietRuntime } from '../../src/batch/temporal/quiet-runtime';
import { type Acquisition, LimitSet } from '../../src/index';
import { limitsOf, SEATS } from '../cluster/limits';
import { ITEM_QUEUE } from './item';
import { itemActivities } from './item-activities';
import { nextReleaseClient, type Release } from './release';

/** What a worker is to be. */
export interface WorkerOrder {
  readonly release: Release;
  /** Of the limits. */
  readonly version: number;
  readonly providerUrl: string;
  readonly bundle: string;
}

/** What a worker receives while it works. */
export interface ToWorker {
  readonly type: 'take a seat' | 'leave the seats';
}

/** What a worker sends: it is at work; it has a seat; the holder of a seat has learned that it is lost. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'seated'; readonly token: number }
  | { readonly type: 'lost'; readonly token: number };

const AT_ONCE = 20;
/** By default a heartbeat waits until the time for it is nearly over, which on a busy machine is too late. */
const BEAT_AT_MOST_MS = 1_000;

async function main({ release, version, providerUrl, bundle }: WorkerOrder): Promise<void> {
  installQuietRuntime();
  const address = process.env['TEMPORAL_ADDRESS'] ?? '';
  // this release connects as its users' processes do by default
  const client = release === 'next' ? { client: await clientOfNextRelease(address) } : {};
  const seats = new LimitSet({ ...SEATS, ...client });
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue: ITEM_QUEUE,
    workflowBundle: { codePath: bundle },
    stickyQueueScheduleToStartTimeout: '1s',
    maxConcurrentActivityTaskExecutions: AT_ONCE,
    maxHeartbeatThrottleInterval: BEAT_AT_MOST_MS,
    shutdownGraceTime: '5s',
    activities: itemActivities(providerUrl),
    plugins: [new LimitsPlugin({ limits: new LimitSet({ ...limitsOf(version), ...client }), hostLimiter: false })],
  });
  const held: Acquisition[] = [];
  process.on('message', ({ type }: ToWorker) => {
    if (type === 'take a seat') void takeSeat(seats).then((seat) => held.push(seat));
    else for (const seat of held.splice(0)) void seat.release();
  });
  process.once('disconnect', () => worker.shutdown());
  const running = worker.run();
  send({ type: 'ready' });
  await running;
}

async function takeSeat(seats: LimitSet): Promise<Acquisition> {
  const seat = await seats.acquire();
  const { fencingToken: token, signal } = seat;
  signal.addEventListener('abort', () => send({ type: 'lost', token }), { once: true });
  send({ type: 'seated', token });
  return seat;
}

async function clientOfNextRelease(address: string): Promise<Client> {
  const connection = await Connection.connect({ address, interceptors: [] });
  return new Client({ connection, interceptors: { workflow: [nextReleaseClient] } });
}

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

main(JSON.parse(process.argv[2] ?? '') as WorkerOrder).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
