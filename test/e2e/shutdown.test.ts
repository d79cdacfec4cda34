import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { currentLimits, LimitsPlugin } from '../../src/activities/index';
import { CallLimit, ResourceLimit } from '../../src/index';
import { killChildren, startChild } from '../support/children';
import { failedTasks } from '../support/limiter-runs';
import { workflowCode } from '../../src/activities/plugin/workflow-code';
import { TemporalForTests } from '../support/temporal';

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
  await temporal.limiterOnly();
});

afterEach(async () => {
  await killChildren();
  await temporal.closeSets();
});

afterAll(() => temporal.stop());

describe('when a worker with the plugin ends', () => {
  it('what it had goes to others at once, long before its lease would end', async () => {
    const limits = [
      new ResourceLimit({ key: 'connections', capacity: 3 }),
      new CallLimit({ windowSeconds: 60, capacity: 9 }),
    ];
    const options = { name: randomUUID(), limits, leaseMs: 60_000 };
    const taskQueue = randomUUID();
    const worker = await Worker.create({
      connection: temporal.native,
      namespace: temporal.server.namespace,
      taskQueue,
      workflowsPath: require.resolve('../support/workflows'),
      activities: { work: () => currentLimits().use({ requested: { connections: 3 } }, (slot) => slot.successful) },
      plugins: [new LimitsPlugin({ limits: temporal.set(options), hostLimiter: false })],
    });
    await worker.runUntil(
      temporal.client.workflow.execute('runActivity', {
        taskQueue,
        workflowId: randomUUID(),
        args: ['work', [], { startToCloseTimeout: '1m' }],
      }),
    );
    const slot = await temporal.set(options).acquire({ requested: { connections: 3, call_count: 8 }, timeout: '30s' });
    expect(slot.successful).toBe(true);
    await slot.release();
  });

  it('nothing keeps its process alive', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'limits-'));
    const bundlePath = path.join(directory, 'bundle.js');
    await writeFile(bundlePath, (await workflowCode()).code);
    const limits = [new ResourceLimit({ key: 'connections', capacity: 1 })];
    const set = temporal.set({ name: randomUUID(), limits }).toJSON();
    const child = startChild(temporal.server, { role: 'serve', set, bundlePath });
    const deadline = setTimeout(() => child.kill('SIGKILL'), 120_000);
    const [code] = (await once(child, 'exit')) as [number | null];
    clearTimeout(deadline);
    await rm(directory, { recursive: true });
    expect(code).toBe(0);
  });

  it('no workflow task has failed', async () => {
    expect(await failedTasks(temporal.client)).toEqual([]);
  });
});
