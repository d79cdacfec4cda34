/**
 * A `TaskPool` with limited activities, layer by layer. The workflow submits 60 tasks and waits while both task queues
 * are full. A worker takes as many tasks as it has slots. Each task then waits for the limits of its region. The provider
 * is a fake one in this process, which refuses every call above its quota.
 *
 *   npx tsx examples/task-pool/main.ts     (uses TEMPORAL_ADDRESS; without it, starts a dev server)
 */
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { withTemporal } from '../local-temporal';
import { QUEUES } from './queues';
import { createRegionWorker, createWorkflowWorker, type RegionWorker } from './workers';
import type { answerAll } from './workflows';

interface Outcome {
  readonly answers: readonly string[];
  /** The most tasks that were submitted and not yet done. */
  readonly mostInFlight: number;
  /** What the provider saw in each region. */
  readonly seen: readonly RegionWorker['seen'][];
}

/** Answers 60 prompts in two regions. */
export async function main(): Promise<Outcome> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const taskQueue = 'task-pool-example';
  const regions = await Promise.all(QUEUES.map((queue) => createRegionWorker(connection, namespace, queue)));
  const workers = [
    await createWorkflowWorker(connection, namespace, taskQueue),
    ...regions.map(({ worker }) => worker),
  ];
  const stopped = workers.map((worker) => worker.run());
  const prompts = Array.from({ length: 60 }, (_, i) => `task ${String(i)}`);
  const { workflow } = new Client({ connection, namespace });
  const outcome = await workflow.execute<typeof answerAll>('answerAll', {
    taskQueue,
    workflowId: randomUUID(),
    args: [prompts],
  });
  for (const worker of workers) worker.shutdown();
  await Promise.all(stopped);
  await Promise.all(regions.map(({ limits }) => limits.close()));
  await connection.close();
  return { ...outcome, seen: regions.map(({ seen }) => seen) };
}

if (require.main === module) {
  void withTemporal(main).then(({ answers, mostInFlight, seen }) => {
    console.log(`${String(answers.length)} tasks, at most ${String(mostInFlight)} in flight`);
    console.table(Object.fromEntries(seen.map((counts, i) => [QUEUES[i], counts])));
  });
}
