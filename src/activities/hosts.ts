import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { limitsPush, servePushes } from '../client/push-registry';
import { PUSH_QUEUE_PREFIX } from '../limiter/address';
import { LIMITER_TASK_QUEUE } from '../workflows/limiter-id';
import { withLegiblePayloads } from './legible-codec';
import { hostActivities } from './probe';

/** What the workers beside a user's worker are made of. */
export interface HostOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly dataConverter: WorkerOptions['dataConverter'];
  /** Whether this process also runs limiter workflows. */
  readonly hostLimiter: boolean;
  /** The limiter's workflow code, bundled before; it is bundled anew without. */
  readonly limiterBundle: WorkerOptions['workflowBundle'];
}

/** Workers beside the user's, until stopped. */
export interface Host {
  stop(): Promise<void>;
}

/** Hosts that run, one for each connection, however many workers use it. */
const shared = new WeakMap<NativeConnection, { readonly host: Promise<Host>; users: number }>();

/** Runs what a process needs to share limits: the worker that hears pushes, and one for limiter workflows. */
export async function shareHost(options: HostOptions): Promise<Host> {
  const { connection } = options;
  const entry = shared.get(connection) ?? { host: startHost(options), users: 0 };
  shared.set(connection, entry);
  entry.users += 1;
  const leave = (): boolean => {
    entry.users -= 1;
    return entry.users === 0 && shared.delete(connection);
  };
  const host = await entry.host.catch((error: unknown) => {
    leave();
    throw error;
  });
  return {
    async stop() {
      if (leave()) await host.stop();
    },
  };
}

async function startHost(options: HostOptions): Promise<Host> {
  const pushes = await startPushWorker(options);
  const limiter = options.hostLimiter ? await startLimiterWorker(options).catch(stopAndThrow(pushes)) : undefined;
  return {
    async stop() {
      await pushes.stop();
      await limiter?.stop();
    },
  };
}

async function startPushWorker({ connection, namespace, dataConverter }: HostOptions): Promise<Host> {
  const taskQueue = `${PUSH_QUEUE_PREFIX}${hostname()}:${String(process.pid)}:${randomUUID()}`;
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities: { limitsPush },
    maxConcurrentActivityTaskExecutions: 100,
    ...(dataConverter !== undefined && { dataConverter }),
  });
  const host = run(worker);
  const leave = servePushes(taskQueue);
  return {
    async stop() {
      leave();
      await host.stop();
    },
  };
}

async function startLimiterWorker({ connection, namespace, dataConverter, limiterBundle }: HostOptions): Promise<Host> {
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: LIMITER_TASK_QUEUE,
    activities: hostActivities(new Client({ connection, namespace })),
    // so long do all limiters of a process that was killed stand still, before another takes them over
    stickyQueueScheduleToStartTimeout: '1s',
    ...(limiterBundle === undefined
      ? { workflowsPath: require.resolve('../workflows/index') }
      : { workflowBundle: limiterBundle }),
    dataConverter: withLegiblePayloads(dataConverter),
  });
  return run(worker);
}

function run(worker: Worker): Host {
  const ended = worker.run();
  // a failure is reported by `stop`; until then it must not count as unhandled
  ended.catch(() => undefined);
  return {
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

function stopAndThrow(host: Host): (error: unknown) => Promise<never> {
  return async (error) => {
    await host.stop();
    throw error;
  };
}
