import { randomUUID } from 'node:crypto';
import { MODEL } from '../../demo/providers';
import { startStrictProvider } from '../../demo/strict-provider';
import { BATCH_WORKFLOW } from '../../src/workflows/batch/batch-protocol';
import { batchFiles, readResults, removeBatchFiles, startBatch, untilLines } from '../support/batch-command';
import { ILLEGIBLE, signalRaw } from '../support/raw-signals';
import { TemporalForTests } from '../support/temporal';

const KEY = 'sk-test-hostile';
const ITEMS = 60;

let temporal: TemporalForTests;

beforeAll(async () => {
  temporal = await TemporalForTests.start();
});

afterAll(async () => {
  await removeBatchFiles();
  await temporal.stop();
});

it('a batch pauses, continues and ends, whatever comes with the signals that say so', async () => {
  const provider = await startStrictProvider({ apiKey: KEY, quotas: { windowMs: 3_000 }, latencyMs: () => 100 });
  const name = randomUUID();
  const config = { taskQueue: name, baseURL: provider.url, apiKey: '${TEST_KEY}', model: MODEL };
  const limits = [{ kind: 'resource', key: 'connections', capacity: 3 }];
  const { address, namespace } = temporal.server;
  const files = await batchFiles(
    { temporal: { address, namespace }, sets: [{ name, config, limits }] },
    Array.from({ length: ITEMS }, (_, i) => ({ id: `item ${i}`, prompt: 'p', maxTokens: 5 })),
  );
  const batch = startBatch(files, [], { TEST_KEY: KEY, TEMPORAL_ADDRESS: '' });
  await untilLines(files.output, 3);
  for await (const { workflowId } of temporal.client.workflow.list({ query: `WorkflowType = '${BATCH_WORKFLOW}'` })) {
    for (const signal of ['batch.pause', 'batch.nonsense', 'batch.resume']) {
      for (const payload of ILLEGIBLE) await signalRaw(temporal.client, workflowId, signal, [payload]);
    }
  }

  const { code } = await batch.ended;

  await provider.close();
  expect(code).toBe(0);
  expect(new Set((await readResults(files.output)).map(({ id }) => id)).size).toBe(ITEMS);
});
