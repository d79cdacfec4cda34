import { randomUUID } from 'node:crypto';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { checkSetOptions, type LimitSetJSON } from '../../src/client/sets/limit-set-options';
import { ResourceLimit } from '../../src/index';
import { Allocator } from '../../src/limiter/allocator/allocator';
import { SNAPSHOT_VERSION } from '../../src/limiter/allocator/snapshot/snapshot';
import { LIMITER_TASK_QUEUE, LIMITER_WORKFLOW, limiterId } from '../../src/workflows/limiter/protocol';
import { limiterStats } from '../support/limiter-runs';
import { workflowCode } from '../../src/activities/plugin/workflow-code';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
});

afterAll(async () => {
  await temporal.closeSets();
  await temporal.stop();
});

const LATER = SNAPSHOT_VERSION + 1;

/** Runs limiters with this code while something is done. */
async function limiters(workflowBundle: WorkflowBundle, meanwhile: () => Promise<void>): Promise<void> {
  const worker = await Worker.create({
    connection: temporal.native,
    namespace: temporal.server.namespace,
    taskQueue: LIMITER_TASK_QUEUE,
    workflowBundle,
    maxCachedWorkflows: 0,
  });
  await worker.runUntil(meanwhile);
}

/** The code of today as a later release might have it: it writes and reads snapshots of the next version. */
async function laterRelease(): Promise<WorkflowBundle> {
  const bundle = await workflowCode();
  const code = bundle.code.replaceAll(/(SNAPSHOT_VERSION = )\d+;/g, `$1${LATER};`);
  expect(code).not.toBe(bundle.code);
  return { ...bundle, code };
}

it('a deploy that is taken back stops a limiter where it is, until the later release runs again', async () => {
  const name = randomUUID();
  const options: LimitSetJSON = { name, limits: [new ResourceLimit({ key: 'connections', capacity: 2 })] };
  const { definition } = checkSetOptions({ ...options, mode: 'temporal' });
  const state = { ...new Allocator(definition, Date.now()).snapshot(), snapshot: LATER };
  const limiter = await temporal.client.workflow.start(LIMITER_WORKFLOW, {
    workflowId: limiterId(name),
    taskQueue: LIMITER_TASK_QUEUE,
    args: [{ definition, state }],
  });
  const failures = async (): Promise<(string | undefined)[]> => {
    const { events } = await limiter.fetchHistory();
    const failed = (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: fault }) => (fault ? [fault] : []));
    return failed.map(({ failure }) => failure?.message ?? undefined);
  };
  await limiters(await workflowCode(), () => until('a task has failed', async () => (await failures()).length > 0));
  expect(await failures()).toEqual([expect.stringContaining('run limiters with the release that wrote it')]);
  expect((await limiter.describe()).status.name).toBe('RUNNING');
  await limiters(await laterRelease(), async () => {
    const slot = await temporal.set(options).acquire();
    // it hears that the permit is in use a moment after that
    await until('the limiter counts the permit', async () => {
      const { limits } = await limiterStats(temporal.client, name);
      return limits['connections']?.available === 1 || JSON.stringify(limits);
    });
    await slot.release();
  });
});
