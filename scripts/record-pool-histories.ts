/**
 * Records what workflows of this version do that route their activities by pools, from a real server into
 * `test/histories`, for the replay test of every later version: `npx tsx scripts/record-pool-histories.ts`. Takes three
 * quarters of a minute, for which a call waits where nobody takes it.
 */
import { type WorkflowHandle } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { hostActivities } from '../src/activities/plugin/host-activities';
import { LIMITER_TASK_QUEUE } from '../src/workflows/limiter/protocol';
import type { recordedPatience, recordedRouting, recordedTasks } from '../test/support/recorded-pools';
import { heldSet } from '../test/support/routing-workflows';
import { placeActivities } from '../test/support/routing-activities';
import { until } from '../test/support/until';
import { record, RECORDER as identity, type Studio } from './support/record';
import { HISTORIES, saveHistories } from './support/save-histories';

const [NEAR, FAR, DESERTED, LATE] = ['near', 'far', 'deserted', 'late'] as const;
const taskQueue = LIMITER_TASK_QUEUE;

async function makeHistories({ client, native }: Studio): Promise<void> {
  const sets = [DESERTED, NEAR, FAR].map(heldSet);
  const routing = await client.workflow.start<typeof recordedRouting>('recordedRouting', {
    workflowId: 'recorded-routing',
    ...{ taskQueue, args: [sets] },
  });
  const tasks = await client.workflow.start<typeof recordedTasks>('recordedTasks', {
    workflowId: 'recorded-tasks',
    ...{ taskQueue, args: [[NEAR, FAR], DESERTED] },
  });
  const patience = await client.workflow.start<typeof recordedPatience>('recordedPatience', {
    workflowId: 'recorded-patience',
    ...{ taskQueue, args: [[LATE, DESERTED].map(heldSet)] },
  });
  console.log(await Promise.all([routing.result(), tasks.result()]));
  await until(
    'the patient one has been everywhere, and waits where it began',
    async () => (await schedules(patience)) === 3,
    60_000,
  );
  await (await itemWorker(native, LATE)).runUntil(async () => console.log(await patience.result()));
  for (const { workflowId } of [routing, tasks, patience]) {
    await saveHistories(client, workflowId, workflowId, HISTORIES);
  }
}

/** How often a workflow has sent an activity somewhere. */
async function schedules(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
}

function itemWorker(connection: NativeConnection, queue: string): Promise<Worker> {
  return Worker.create({ connection, identity, taskQueue: queue, activities: placeActivities });
}

record(async (studio) => {
  const { native, client } = studio;
  const limiters = await Worker.create({
    connection: native,
    ...{ identity, taskQueue },
    activities: hostActivities(client),
    workflowsPath: require.resolve('../test/support/recorded-workflows'),
  });
  const [near, far] = await Promise.all([itemWorker(native, NEAR), itemWorker(native, FAR)]);
  await limiters.runUntil(near.runUntil(far.runUntil(makeHistories(studio))));
});
