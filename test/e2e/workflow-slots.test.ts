import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import type { Host } from '../../src/activities/hosts';
import { ResourceLimit, type LimitSet } from '../../src/index';
import type * as workflows from '../support/slot-workflows';
import { failedTasks, limiterStats } from '../support/limiter-runs';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

const TASK_QUEUE = 'slots';

let temporal: TemporalForTests;
let host: Host;
let worker: Worker;
let ended: Promise<void>;
let name: string;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  host = await temporal.host();
  worker = await Worker.create({
    connection: temporal.native,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: require.resolve('../support/slot-workflows'),
      logger: new DefaultLogger('ERROR'),
    }),
  });
  ended = worker.run();
});

beforeEach(() => {
  name = randomUUID();
});

afterEach(() => temporal.closeSets());

afterAll(async () => {
  worker.shutdown();
  await ended;
  await host.stop();
  await temporal.stop();
});

const connections = (capacity: number): ResourceLimit => new ResourceLimit({ key: 'connections', capacity });

function start<Name extends keyof typeof workflows>(
  type: Name,
  ...args: (typeof workflows)[Name] extends (...args: infer Args) => unknown ? Args : never
): Promise<WorkflowHandle> {
  return temporal.client.workflow.start(type, {
    taskQueue: TASK_QUEUE,
    workflowId: randomUUID(),
    args: args as unknown[],
  });
}

describe('workflows that share a limit set', () => {
  it('hold a permit one after the other', async () => {
    const options = { name, limits: [connections(1)] };
    const handles = await Promise.all([start('hold', options, {}, 50), start('hold', options, {}, 50)]);
    const held = (await Promise.all(handles.map((handle) => handle.result()))) as workflows.Held[];
    held.sort((a, b) => a.from - b.from);
    expect(held[1]!.from).toBeGreaterThanOrEqual(held[0]!.to);
    expect(held[1]!.fencingToken).toBeGreaterThan(held[0]!.fencingToken);
  });
});
