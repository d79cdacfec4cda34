/**
 * AWS Bedrock over six pairs of account and region, each with quotas of its own: a pool sends each call to the pair that
 * has room soonest, and the activity reads from its acquisition which pair that is. Bedrock here is a local one that
 * answers `Converse` and refuses whatever is over a quota; for the real one leave the endpoint out.
 *
 *   npx tsx examples/bedrock/main.ts       (with TEMPORAL_ADDRESS, there; otherwise it starts a dev server)
 */
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { CallLimit, LimitPool, LimitSet, RateLimit } from 'temporal-limits';
import { LimitsPlugin } from 'temporal-limits/worker';
import { withTemporal } from '../local-temporal';
import { createActivities, type Pair } from './activities';
import { startFakeBedrock, type FakeBedrock } from './fake-bedrock';
import type { converseAll } from './workflows';

/** What Bedrock allows each pair, here in three seconds rather than a minute. */
const WINDOW_SECONDS = 3;
/** First calls connect before they arrive, and on one machine all make each other late: by more than the default forgives. */
const GUARD_MS = 1_000;
const CALLS = 5;
const TOKENS = 400;

const PAIRS: readonly Pair[] = ['research', 'production'].flatMap((account) =>
  ['us-east-1', 'us-west-2', 'eu-central-1'].map((region) => ({ account, region })),
);

const setFor = (pair: Pair): LimitSet =>
  new LimitSet({
    name: `bedrock-${pair.account}-${pair.region}`,
    mode: 'temporal',
    config: pair,
    guardMs: GUARD_MS,
    limits: [
      new CallLimit({ windowSeconds: WINDOW_SECONDS, capacity: CALLS }),
      new RateLimit({ key: 'tokens', windowSeconds: WINDOW_SECONDS, capacity: TOKENS }),
    ],
  });

/** Has 60 conversations, and returns the replies with what each pair saw. */
export async function main(): Promise<{ readonly replies: string[]; readonly seen: FakeBedrock['seen'] }> {
  const bedrock = await startFakeBedrock({ windowMs: WINDOW_SECONDS * 1_000, calls: CALLS, tokens: TOKENS });
  const pool = new LimitPool({ limitSets: PAIRS.map(setFor), loadBalancing: 'LeastWait' });
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const taskQueue = 'bedrock-example';
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    activities: createActivities(bedrock.url),
    plugins: [new LimitsPlugin({ limits: pool })],
  });
  const prompts = Array.from({ length: 60 }, (_, i) => `Tell me about the number ${String(i)}.`);
  const { workflow } = new Client({ connection, namespace });
  const replies = await worker.runUntil(
    workflow.execute<typeof converseAll>('converseAll', { taskQueue, workflowId: randomUUID(), args: [prompts] }),
  );
  await Promise.all(pool.limitSets.map((set) => set.close()));
  await connection.close();
  await bedrock.close();
  return { replies, seen: bedrock.seen };
}

if (require.main === module) void withTemporal(main).then(({ seen }) => console.table(Object.fromEntries(seen)));
