/**
 * Two accounts in each of three regions, each with its own quotas and workers. A workflow sends each call to the next
 * account's task queue, and the worker there applies the account's limits. Then the example runs again without the
 * workers of one region, whose calls go to the others. The provider is a fake one in this process, which refuses every
 * call above a quota.
 *
 *   npx tsx examples/multi-region/main.ts   (uses TEMPORAL_ADDRESS; without it, starts a dev server)
 */
import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { withTemporal } from '../local-temporal';
import { type Account, ACCOUNTS } from './accounts';
import { FakeProvider } from './provider';
import { createAccountWorker, createWorkflowWorker } from './workers';
import type { answerAll } from './workflows';

const CALLS = 90;

/** How one run went. */
export interface Run {
  readonly answers: readonly string[];
  readonly seconds: number;
  /** What each account saw. */
  readonly seen: FakeProvider['seen'];
}

/** Has all calls made by the workers of some accounts. */
async function run(accounts: readonly Account[], connection: NativeConnection, namespace: string): Promise<Run> {
  const client = new Client({ connection, namespace });
  const provider = new FakeProvider();
  const taskQueue = `multi-region-${randomUUID()}`;
  const workers = [
    await createWorkflowWorker(taskQueue, connection, namespace),
    ...(await Promise.all(accounts.map((account) => createAccountWorker(account, provider, connection, client)))),
  ];
  const stop = start(workers);
  try {
    const began = performance.now();
    const prompts = Array.from({ length: CALLS }, (_, i) => `call ${String(i)}`);
    const options = { taskQueue, workflowId: taskQueue, args: [prompts] as [string[]] };
    const answers = await client.workflow.execute<typeof answerAll>('answerAll', options);
    return { answers, seconds: (performance.now() - began) / 1_000, seen: provider.seen };
  } finally {
    await stop();
  }
}

/** Runs workers until they are told to end. */
function start(workers: readonly Worker[]): () => Promise<void> {
  const ended = workers.map((worker) => worker.run());
  return async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(ended);
  };
}

/** Makes the calls twice: with the workers of all regions, and without those of the first. */
export async function main(): Promise<{ readonly all: Run; readonly withoutOneRegion: Run }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  try {
    const all = await run(ACCOUNTS, connection, namespace);
    const others = ACCOUNTS.filter(({ region }) => region !== ACCOUNTS[0]?.region);
    return { all, withoutOneRegion: await run(others, connection, namespace) };
  } finally {
    await connection.close();
  }
}

function print(title: string, { answers, seconds, seen }: Run): void {
  console.log(`${title}: ${String(answers.length)} calls in ${seconds.toFixed(1)} s`);
  const rows = ACCOUNTS.map(({ name, region }) => ({ account: name, region, ...seen.get(name) }));
  console.table(rows);
}

if (require.main === module) {
  void withTemporal(main).then(({ all, withoutOneRegion }) => {
    print('All regions', all);
    print(`No workers in ${ACCOUNTS[0]?.region ?? ''}`, withoutOneRegion);
  });
}
