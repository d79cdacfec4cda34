/**
 * Records what limiters of this version do, and workflows that acquire, from a real server into `test/histories`, for the replay test of every later
 * version: `npx tsx scripts/record-histories.ts`.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { hostActivities } from '../src/activities/plugin/host-activities';
import { checkSetOptions, type LimitSetJSON } from '../src/client/sets/limit-set-options';
import { LimitSet } from '../src/client/sets/limit-set';
import { namespaceId } from '../src/client/link/environment';
import { pushActivities } from '../src/activities/plugin/hosts';
import { servePushes } from '../src/client/link/push-registry';
import { CallLimit, RateLimit, ResourceLimit } from '../src/index';
import { LIMITER_TASK_QUEUE, LIMITER_WORKFLOW, limiterId } from '../src/workflows/limiter/protocol';
import { PUSH_QUEUE_PREFIX } from '../src/limiter/protocol/address';
import { hostileMessages } from '../test/support/hostile-messages';
import { record, RECORDER as identity } from './support/record';
import { HISTORIES, saveHistories } from './support/save-histories';

const name = 'recorded';
const answered = 'recorded-answers';
const callers = ['recorded-caller', 'recorded-holder'] as const;
/** Short, so that the limiter soon asks what became of a holder that was terminated. */
const leaseMs = 2_000;
/** Low, so that the recording has runs that begin with a snapshot. */
const MAX_EVENTS = 80;
/** Length of the longest text sent: more would make the files large, and replay no other code. */
const LONG = 1_000;

const limits = [
  new CallLimit({ windowSeconds: 1, capacity: 40 }),
  new RateLimit({ key: 'tokens', windowSeconds: 1, capacity: 400, algorithm: 'TokenBucket' }),
  new ResourceLimit({ key: 'connections', capacity: 3 }),
];

/** Contention, redefinition and messages from strangers, over several runs. */
async function makeHistory(client: Client, connection: Connection): Promise<void> {
  const processes: LimitSet[] = [];
  const start = (options: Pick<LimitSetJSON, 'limits' | 'version'>): LimitSet => {
    const own = new Client({ connection, identity });
    const set = new LimitSet({ name, leaseMs, mode: 'temporal', client: own, ...options });
    processes.push(set);
    return set;
  };
  const work = (set: LimitSet, times: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: times }, (_, i) =>
        set.use({ requested: { tokens: 5 + (i % 7) } }, async (slot) => {
          await sleep(5);
          slot.update({ usage: { tokens: 3 } });
        }),
      ),
    );
  await client.workflow.start(LIMITER_WORKFLOW, {
    workflowId: limiterId(name),
    taskQueue: LIMITER_TASK_QUEUE,
    args: [
      { definition: checkSetOptions({ name, mode: 'temporal', limits, leaseMs }).definition, maxEvents: MAX_EVENTS },
    ],
  });
  const first = [start({ limits }), start({ limits }), start({ limits })];
  await Promise.all([callInTurn(client), ...first.map((set) => work(set, 60))]);
  for (const message of hostileMessages(LONG)) {
    await client.workflow.getHandle(limiterId(name)).signal('limits.sync', message);
  }
  const wider = [...limits.slice(0, 2), new ResourceLimit({ key: 'connections', capacity: 5 })];
  await Promise.all([work(start({ limits: wider, version: 2 }), 40), ...first.map((set) => work(set, 40))]);
  await Promise.all(processes.map((set) => set.close()));
}

/** Calls that are answered before their guard is over, as their processes observe. */
async function observeAnswers(client: Client, connection: Connection): Promise<void> {
  await client.workflow.start(LIMITER_WORKFLOW, {
    workflowId: limiterId(answered),
    taskQueue: LIMITER_TASK_QUEUE,
    args: [
      { definition: checkSetOptions({ name: answered, mode: 'temporal', limits }).definition, maxEvents: MAX_EVENTS },
    ],
  });
  const options = { name: answered, mode: 'temporal', limits } as const;
  const sets = [0, 1].map(() => new LimitSet({ ...options, client: new Client({ connection, identity }) }));
  const call = (set: LimitSet): Promise<unknown> =>
    set.use({ requested: { tokens: 5 } }, async (slot) => {
      await sleep(5);
      slot.observe({ status: 200 });
      slot.update({ usage: { tokens: 3 } });
    });
  await Promise.all(sets.flatMap((set) => Array.from({ length: 60 }, () => call(set))));
  await Promise.all(sets.map((set) => set.close()));
}

/** A workflow that is terminated while it holds a permit, and one that then gets all of them. */
async function callInTurn(client: Client): Promise<void> {
  const start = (type: string, workflowId: string) =>
    client.workflow.start(type, { workflowId, taskQueue: LIMITER_TASK_QUEUE, args: [{ name, limits, leaseMs }] });
  const holder = await start('recordedHolder', callers[1]);
  await sleep(1_000);
  await holder.terminate();
  await (await start('recordedCaller', callers[0])).result();
}

record(async ({ address, namespace, native, client }) => {
  const connection = await Connection.connect({ address, interceptors: [] });
  const taskQueue = `${PUSH_QUEUE_PREFIX}${identity}:${randomUUID()}`;
  const pushes = await Worker.create({ connection: native, identity, taskQueue, activities: pushActivities });
  const limiters = await Worker.create({
    connection: native,
    identity,
    taskQueue: LIMITER_TASK_QUEUE,
    activities: hostActivities(client),
    workflowsPath: require.resolve('../test/support/recorded-workflows'),
  });
  const leave = servePushes(taskQueue, await namespaceId(native.workflowService, namespace), LIMITER_TASK_QUEUE);
  await pushes.runUntil(
    limiters.runUntil(async () => {
      await makeHistory(client, connection);
      await observeAnswers(client, connection);
      leave();
      await saveHistories(client, limiterId(name), 'limiter', HISTORIES);
      await saveHistories(client, limiterId(answered), answered, HISTORIES);
      for (const caller of callers) await saveHistories(client, caller, caller, HISTORIES);
    }),
  );
  await connection.close();
});
