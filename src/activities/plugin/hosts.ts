import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { activityInfo } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import { Runtime, Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { limiterQueueOf } from '../../client/link/encoding';
import { namespaceId } from '../../client/link/environment';
import { deliverPush, servePushes } from '../../client/link/push-registry';
import { PUSH_QUEUE_PREFIX } from '../../limiter/protocol/address';
import { loadEncoding, sameConverter, withLegiblePayloads, type UnreadableHandler } from './data-converter';
import { LIMITER_TASK_QUEUE, LIMITER_TASK_TIMEOUT, type PushActivities } from '../../workflows/limiter/protocol';
import { hostActivities } from './host-activities';
import { UNINTERRUPTED } from './uninterrupted';
import { workflowCode } from './workflow-code';
import { SharedServices, type SharedService } from './shared-services';

/** What the workers beside a user's worker are made of. */
export interface HostOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly dataConverter: WorkerOptions['dataConverter'];
  /** Whether this process also runs limiter workflows. */
  readonly hostLimiter: boolean;
  /** The limiter's workflow code, bundled before. Without, it is the library's own; see {@link workflowCode}. */
  readonly limiterBundle: WorkerOptions['workflowBundle'];
}

/** Workers beside the user's, until stopped. */
export interface Host {
  stop(): Promise<void>;
}

/** A host that is shared. */
interface SharedHost extends Host {
  /** The task queue on which this process hears pushes from limiters of its own encoding. */
  readonly pushQueue: string;
}

interface LimiterHostOptions extends HostOptions {
  /** Of the limiters that read and write as the host does. */
  readonly taskQueue: string;
}

interface PushService extends SharedService {
  readonly queue: string;
}

/** What the worker beside a user's worker does for the limiters that push to this process. */
export const pushActivities = {
  limitsPush: (push) => Promise.resolve(deliverPush(push, activityInfo().scheduledTimestampMs)),
} satisfies PushActivities;

/** However many workers use a connection, what is beside them runs once for each namespace and way to read payloads. */
const pushServices = new SharedServices(startPushWorker, speakAlike);
const limiterServices = new SharedServices(startLimiterWorker, serveAlike);

/** Of one connection the SDK takes a single worker for each task queue. */
function serveAlike(a: LimiterHostOptions, b: LimiterHostOptions): boolean {
  return a.connection === b.connection && a.namespace === b.namespace && a.taskQueue === b.taskQueue;
}

function speakAlike(a: HostOptions, b: HostOptions): boolean {
  return (
    a.connection === b.connection && a.namespace === b.namespace && sameConverter(a.dataConverter, b.dataConverter)
  );
}

/**
 * Runs what a process needs to share limits: workers that hear pushes, and workers for limiter workflows. Plain limiters are
 * always among those served, since a set without a client of its own writes plain whatever codec the user's worker has.
 */
export async function shareHost(options: HostOptions): Promise<SharedHost> {
  const running: SharedService[] = [];
  const stop = (): Promise<void> => stopAll(running.splice(0));
  const serve = async (each: LimiterHostOptions): Promise<PushService> => {
    const pushes = await pushServices.share(each);
    running.push(pushes);
    if (each.hostLimiter) running.push(await limiterServices.share(each));
    return pushes;
  };
  const taskQueue = await limiterQueueOf(loadEncoding(options.dataConverter));
  const plain = { ...options, dataConverter: undefined, taskQueue: LIMITER_TASK_QUEUE };
  try {
    const { queue: pushQueue } = await serve({ ...options, taskQueue });
    if (taskQueue !== LIMITER_TASK_QUEUE) await serve(plain);
    return { pushQueue, stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function startPushWorker({
  connection,
  namespace,
  dataConverter,
  taskQueue,
}: LimiterHostOptions): Promise<PushService> {
  const queue = `${PUSH_QUEUE_PREFIX}${hostname()}:${String(process.pid)}:${randomUUID()}`;
  const id = await namespaceId(connection.workflowService, namespace);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: queue,
    activities: pushActivities,
    maxConcurrentActivityTaskExecutions: 100,
    ...(dataConverter !== undefined && { dataConverter }),
  });
  const run = start(worker);
  const leave = servePushes(queue, id, taskQueue);
  // once it has failed, this process has to ask: no worker takes what is still pushed
  run.ended.then(leave, leave);
  return {
    ...run,
    queue,
    async stop() {
      leave();
      await run.stop();
    },
  };
}

async function startLimiterWorker({
  connection,
  namespace,
  dataConverter,
  limiterBundle,
  taskQueue,
}: LimiterHostOptions): Promise<SharedService> {
  const worker: Worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    activities: hostActivities(new Client({ connection, namespace })),
    ...UNINTERRUPTED,
    // so long do all limiters of a process that was killed stand still, as with one killed in the middle of a task. Where the
    // server's database is far away a task waits for seconds to be handed out, and one given up has the whole run replayed.
    stickyQueueScheduleToStartTimeout: LIMITER_TASK_TIMEOUT,
    workflowBundle: limiterBundle ?? (await workflowCode(dataConverter)),
    dataConverter: withLegiblePayloads(
      dataConverter,
      sayOnce((message) => {
        Runtime.instance().logger.warn(`Host ${worker.options.identity} on ${taskQueue}: ${message}`);
      }),
    ),
  });
  return start(worker);
}

/** Most limiters of which a host remembers that it has said something. */
const MAX_SAID = 1_000;

/** Says of each limiter once what this host cannot read, however often the task is tried again. */
function sayOnce(say: (message: string) => void): UnreadableHandler {
  const said = new Set<string>();
  return (encoding, workflowId = 'a limiter') => {
    const what = `${workflowId} ${encoding}`;
    if (said.has(what) || said.size >= MAX_SAID) return;
    said.add(what);
    say(
      `cannot read a payload for ${workflowId}, because it is encoded as ${JSON.stringify(encoding)}. If that is the ` +
        "limiter's state, the limiter waits for a host that can read it; if it is a message, the limiter refuses it. " +
        'Give this worker and all clients of the limiter the same data converter, and the plugin to each worker whose ' +
        'workflows use the limiter.',
    );
  };
}

function start(worker: Worker): SharedService {
  const ended = worker.run();
  // a failure is reported by `stop`; until then it must not count as unhandled
  ended.catch(() => undefined);
  return {
    ended,
    async stop() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

/** Stops one after the other, also when one of them failed, and then rejects. */
async function stopAll([first, ...others]: readonly SharedService[]): Promise<void> {
  try {
    await first?.stop();
  } finally {
    if (others.length > 0) await stopAll(others);
  }
}
