import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { type Host } from '../../src/activities/plugin/hosts';
import { mostAtOnce, placeActivities } from '../support/routing-activities';
import { TemporalForTests } from '../support/temporal';
import { untilAvailable } from '../support/until-available';
import { heldSet, type Journey, type travel, type travelHolding } from '../support/routing-workflows';

let temporal: TemporalForTests;
let host: Host;
let stopWorkers: () => Promise<void>;

/** Two task queues with workers, and one that nobody serves. */
const [EAST, WEST, DESERTED] = ['east', 'west', 'deserted'].map((name) => `${name}-${randomUUID()}`) as [
  string,
  string,
  string,
];

const workflowsPath = require.resolve('../support/routing-workflows');

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  host = await temporal.host();
  const workers = await Promise.all(
    [EAST, WEST].map((taskQueue) =>
      Worker.create({
        connection: temporal.native,
        namespace: temporal.server.namespace,
        taskQueue,
        activities: placeActivities,
        workflowsPath,
      }),
    ),
  );
  const ended = workers.map((worker) => worker.run());
  stopWorkers = async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(ended);
  };
});

afterAll(async () => {
  await temporal.closeSets();
  await stopWorkers();
  await host.stop();
  await temporal.stop();
});

/** Runs the workflow, and once more by its history. */
async function run(...args: Parameters<typeof travel>): Promise<Journey> {
  const { handle, journey } = await depart(...args);
  await Worker.runReplayHistory({ workflowsPath }, await handle.fetchHistory());
  return journey;
}

async function depart(...args: Parameters<typeof travel>) {
  const options = { taskQueue: EAST, workflowId: randomUUID(), args };
  const handle = await temporal.client.workflow.start<typeof travel>('travel', options);
  return { handle, journey: await handle.result() };
}

/** How long each of the activities of a journey could wait for a worker. Unit: seconds; 0 is without end. */
async function startTimeouts(...args: Parameters<typeof travel>): Promise<number[]> {
  const { events } = await (await depart(...args)).handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
    const { seconds, nanos } = scheduled?.scheduleToStartTimeout ?? {};
    return scheduled ? [Number(seconds ?? 0) + (nanos ?? 0) / 1e9] : [];
  });
}

const PATIENT = { startToCloseTimeout: '1m' } as const;
const HASTY = { ...PATIENT, scheduleToStartTimeout: '300ms' } as const;

describe('activities of a pool', () => {
  it('go by turns to the task queues of its sets, and tell where', async () => {
    const { places, sentTo } = await run([EAST, WEST], 4, PATIENT, { workerIndex: 1 });
    expect(places).toEqual([WEST, EAST, WEST, EAST]);
    expect(sentTo).toEqual(places.map((place) => [place]));
  });

  it('continue to the next set where nobody takes them, and then pass the deserted one over', async () => {
    const { places, sentTo } = await run([DESERTED, EAST, WEST], 5, HASTY);
    expect(places).toEqual([EAST, EAST, WEST, EAST, EAST]);
    expect(sentTo).toEqual([[DESERTED, EAST], [EAST], [WEST], [EAST], [EAST]]);
  });

  it.each([
    ['15 seconds if there is another set to go to', [EAST, WEST], PATIENT, {}, [15, 15]],
    ['as long as they say', [EAST, WEST], HASTY, {}, [0.3, 0.3]],
    ['without end if the pool does not fail over', [EAST, WEST], PATIENT, { failover: false }, [0, 0]],
    ['without end if there is no other set', [EAST], PATIENT, {}, [0, 0]],
  ])('wait for a worker %s', async (_, taskQueues, options, policy, seconds) => {
    expect(await startTimeouts(taskQueues, 2, options, policy)).toEqual(seconds);
  });

  it.each([
    ['nobody takes them anywhere', [DESERTED, DESERTED], {}],
    ['the pool does not fail over', [DESERTED, EAST], { failover: false }],
  ])('fail at their schedule-to-start timeout if %s', async (_, taskQueues, policy) => {
    await expect(run(taskQueues, 1, HASTY, policy)).rejects.toMatchObject({
      cause: { name: 'ActivityFailure', cause: { name: 'TimeoutFailure', timeoutType: 'SCHEDULE_TO_START' } },
    });
  });

  it.each([
    ['no timeout', [EAST], {}, 'expected a startToCloseTimeout or a scheduleToCloseTimeout'],
    [
      'a task queue',
      [EAST],
      { ...PATIENT, taskQueue: WEST },
      'Invalid options.taskQueue: the pool chooses the task queue',
    ],
    ['a set without one', [EAST, ''], PATIENT, 'Invalid limitSets[1].config.taskQueue'],
    ['a misspelled option', [EAST], { ...PATIENT, acquire: { request: {} } }, 'did you mean requested?'],
  ])('are refused at once for %s', async (_, taskQueues, options, message) => {
    await expect(run(taskQueues, 1, options as never)).rejects.toMatchObject({
      cause: { type: 'InvalidLimitError', message: expect.stringContaining(message) },
    });
  });
});

describe('activities for which the workflow acquires', () => {
  const travelling = (taskQueues: string[], tokens: number[], failures: number): Promise<string[]> =>
    temporal.client.workflow.execute<typeof travelHolding>('travelHolding', {
      taskQueue: EAST,
      workflowId: randomUUID(),
      args: [taskQueues, tokens, failures],
    });

  /** Waits until the limiter of a set has so much left, by key. */
  const untilAvailableAt = (taskQueue: string, expected: Record<string, number>): Promise<void> =>
    untilAvailable(temporal.set({ ...heldSet(taskQueue), mode: 'temporal' }), expected);

  it('run within the limits, and settle by what they have used', async () => {
    const places = await travelling([EAST, WEST], [100, 100, 100, 100], 0);
    expect(places.sort()).toEqual([EAST, EAST, WEST, WEST]);
    expect([mostAtOnce.get(EAST), mostAtOnce.get(WEST)]).toEqual([1, 1]);
    for (const place of [EAST, WEST]) {
      await untilAvailableAt(place, { connections: 1, tokens: 900, call_count: 98, constructor: 1 });
    }
  });

  it('acquire anew for each attempt; of one that nobody took, no units count', async () => {
    expect(await travelling([DESERTED, EAST], [100], 2)).toEqual([EAST]);
    await untilAvailableAt(DESERTED, { connections: 1, tokens: 1000, call_count: 99, constructor: 1 });
    // two failures of which nobody knows what they used, and a success
    await untilAvailableAt(EAST, { connections: 1, tokens: 650, call_count: 95, constructor: 1 });
  });

  it('go where there is room while somebody else has all of a region', async () => {
    const process = temporal.set({ ...heldSet(EAST), mode: 'temporal' });
    await process.use({ requested: { tokens: 0 } }, async (slot) => {
      slot.update({ usage: { tokens: 0 } });
      expect(await travelling([EAST, WEST], [100], 0)).toEqual([WEST]);
      expect(await travelling([EAST, WEST], [100], 0)).toEqual([WEST]);
    });
  });
});
