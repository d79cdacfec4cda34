/**
 * OpenAI with requests and tokens per minute, and at most four calls open at once. Activities with the official client
 * wait for all three before they call, and settle by the usage of the reply. Half of them stream: they hold their limits
 * until the stream ends, and settle by its last chunk. Failed calls are tried again.
 *
 * The provider here is a local server that enforces its quotas to the token, and answers every tenth request with 503.
 * For the real one, leave `baseURL` out.
 *
 *   npx tsx examples/openai/main.ts       (uses TEMPORAL_ADDRESS; without it, starts a dev server)
 */
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { OpenAI } from 'openai';
import { CallLimit, LimitSet, RateLimit, ResourceLimit } from 'temporal-limits';
import { LimitsPlugin } from 'temporal-limits/worker';
import { withTemporal } from '../local-temporal';
import { createActivities } from './activities';
import { startFakeOpenAI, type Seen } from './fake-openai';
import type { answerAll } from './workflows';

/** What the provider allows, here for three seconds instead of a minute. */
const WINDOW_SECONDS = 3;
/** How much the delay between a start and its arrival may vary. One busy machine needs more than the default of 50 ms. */
const GUARD_MS = 2_000;
const CALLS = 12;
const INPUT_TOKENS = 200;
const OUTPUT_TOKENS = 600;
const CONNECTIONS = 4;

/** Answers 30 prompts, and returns the answers with what the provider saw. */
export async function main(): Promise<{ readonly answers: string[]; readonly seen: Seen }> {
  const provider = await startFakeOpenAI({
    windowMs: WINDOW_SECONDS * 1_000,
    calls: CALLS,
    inputTokens: INPUT_TOKENS,
    outputTokens: OUTPUT_TOKENS,
  });
  const limits = new LimitSet({
    name: 'openai',
    mode: 'temporal',
    guardMs: GUARD_MS,
    limits: [
      new CallLimit({ windowSeconds: WINDOW_SECONDS, capacity: CALLS }),
      new RateLimit({ key: 'input_tokens', windowSeconds: WINDOW_SECONDS, capacity: INPUT_TOKENS }),
      new RateLimit({ key: 'output_tokens', windowSeconds: WINDOW_SECONDS, capacity: OUTPUT_TOKENS }),
      new ResourceLimit({ key: 'connections', capacity: CONNECTIONS }),
    ],
  });
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const taskQueue = 'openai-example';
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    activities: createActivities(new OpenAI({ baseURL: provider.url, apiKey: 'none', maxRetries: 0 })),
    plugins: [new LimitsPlugin({ limits })],
  });
  const prompts = Array.from({ length: 30 }, (_, i) => `What comes after ${String(i)}?`);
  const { workflow } = new Client({ connection, namespace });
  const answers = await worker.runUntil(
    workflow.execute<typeof answerAll>('answerAll', { taskQueue, workflowId: randomUUID(), args: [prompts] }),
  );
  await limits.close();
  await provider.close();
  await connection.close();
  return { answers, seen: provider.seen };
}

if (require.main === module) void withTemporal(main).then(({ seen }) => console.log(seen));
