/**
 * Records what a batch workflow of this version does, from a real server into `test/histories/batch`, for the replay test of
 * every later version: `npx tsx scripts/record-batch-history.ts`.
 */
import path from 'node:path';
import { type Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import {
  BATCH_WORKFLOW,
  pauseSignal,
  progressQuery,
  resumeSignal,
  type BatchInput,
} from '../src/workflows/batch/batch-protocol';
import { FakeBatch } from '../test/support/fake-batch';
import { until } from '../test/support/until';
import { record, RECORDER as identity } from './support/record';
import { HISTORIES, saveHistories } from './support/save-histories';

const workflowId = 'recorded-batch';
/** Low, so that the recording has runs that continue with what others have left. */
const MAX_EVENTS = 150;

const FATES: Readonly<Record<number, 'failed' | 'recalled' | 'notServed' | 'lost'>> = {
  1: 'lost',
  3: 'failed',
  5: 'notServed',
  7: 'recalled',
};

const batch = new FakeBatch({
  items: 120,
  latencyMs: 20,
  fate: (number) => FATES[number % 10] ?? 'answered',
});

/** Items that are answered, given up, given back, not served and lost with their worker; a pause; an item that fits nowhere; and the end by cancellation. */
async function makeHistory(client: Client): Promise<void> {
  const whole = batch.input('control', 'items', 6, { index: 0, count: 1 });
  const [first] = batch.items;
  const tooLarge = { ...first, id: 'too-large', inputTokens: 1_000 } as (typeof batch.items)[number];
  const input: BatchInput = {
    ...whole,
    sets: whole.sets.map((set) => ({
      ...set,
      windows: [{ items: 6, seconds: 2, isBurst: true }],
      largest: { inputTokens: 100, maxTokens: null },
    })),
    maxEvents: MAX_EVENTS,
    state: { ...whole.state, leftover: [tooLarge] },
  };
  const handle = await client.workflow.start(BATCH_WORKFLOW, { workflowId, taskQueue: 'control', args: [input] });
  const written = (count: number) => () => batch.written >= count;
  await until('some items are done', written(15));
  await handle.signal(pauseSignal);
  await until('nothing is under way', async () => {
    const { underWay } = await handle.query(progressQuery);
    return Object.values(underWay).every((count) => count === 0);
  });
  await handle.signal(pauseSignal);
  await handle.signal(resumeSignal);
  await until('most items are done', written(100));
  await handle.cancel();
  await handle.result().catch(() => undefined);
}

record(async ({ native, client }) => {
  const common = { connection: native, identity };
  const workflowsPath = require.resolve('../src/workflows/index');
  const control = await Worker.create({ ...common, taskQueue: 'control', workflowsPath, activities: batch.control });
  const items = await Worker.create({ ...common, taskQueue: 'items', activities: batch.item });
  await control.runUntil(
    items.runUntil(async () => {
      await makeHistory(client);
      await until('every run can be found', async () => {
        const { count } = await client.workflow.count(`WorkflowId = '${workflowId}' AND ExecutionStatus != 'Running'`);
        return count > 2;
      });
      await saveHistories(client, workflowId, 'batch-windows', path.join(HISTORIES, 'batch'));
    }),
  );
});
