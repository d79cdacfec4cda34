/**
 * AWS Bedrock with six profiles: two accounts in three regions, each with a model ID and quotas of its own. A pool sends
 * each call to the profile that has room soonest, and the activity reads that profile from its acquisition. Every third
 * prompt has an image. Bedrock here is a local server that answers `Converse` and `CountTokens`, refuses every call above a
 * quota, and answers every tenth call with 503. For the real one, leave the endpoint out.
 *
 *   npx tsx examples/bedrock/main.ts       (uses TEMPORAL_ADDRESS; without it, starts a dev server)
 */
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { LimitPool, LimitPoolStats } from 'temporal-limits';
import { LimitsPlugin } from 'temporal-limits/worker';
import { withTemporal } from '../local-temporal';
import { createActivities, type Prompt } from './activities';
import { Clients } from './clients';
import { startFakeBedrock, type FakeBedrock } from './fake-bedrock';
import { createPool, PROFILES, QUOTAS } from './profiles';
import type { converseAll } from './workflows';

/** A PNG of one pixel. */
const IMAGE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

const PROMPTS: readonly Prompt[] = Array.from({ length: 60 }, (_, i) => ({
  text: `Tell me about the number ${String(i)}.`,
  ...(i % 3 === 0 && { image: IMAGE }),
}));

interface Outcome {
  readonly replies: string[];
  /** What the provider saw of each account and region. */
  readonly seen: FakeBedrock['seen'];
  readonly stats: LimitPoolStats;
}

/** Has 60 conversations. */
export async function main(): Promise<Outcome> {
  const bedrock = await startFakeBedrock(QUOTAS);
  const clients = new Clients(bedrock.url);
  await clients.connect(PROFILES);
  const pool = createPool();
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const taskQueue = 'bedrock-example';
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    activities: createActivities(clients),
    plugins: [new LimitsPlugin({ limits: pool })],
  });
  const { workflow } = new Client({ connection, namespace });
  const { replies, stats } = await worker.runUntil(async () => ({
    replies: await workflow.execute<typeof converseAll>('converseAll', {
      taskQueue,
      workflowId: randomUUID(),
      args: [PROMPTS],
    }),
    stats: await pool.getStats(),
  }));
  await closeAll(pool);
  await connection.close();
  await bedrock.close();
  return { replies, seen: bedrock.seen, stats };
}

async function closeAll({ limitSets }: LimitPool): Promise<void> {
  await Promise.all(limitSets.map((set) => set.close()));
}

/** One row for each profile: the share of each limit that is in use, and how many calls wait. */
function rowsOf({ limitSets }: LimitPoolStats): object[] {
  return limitSets.map(({ name, limits, waiting }) => ({
    name,
    ...Object.fromEntries(
      Object.entries(limits).map(([key, { capacity, available }]) => [key, `${capacity - available} of ${capacity}`]),
    ),
    waiting,
  }));
}

if (require.main === module) {
  void withTemporal(main).then(({ seen, stats }) => {
    console.table(rowsOf(stats));
    console.table(Object.fromEntries(seen));
  });
}
