/**
 * Four worker processes share 20 PostgreSQL connections. Each has a `pg` pool that could open 20, but together they
 * never have more than 20 open. The database is a local one that refuses the 21st connection, or the one at
 * DATABASE_URL.
 *
 *   npx tsx examples/postgres-pool/main.ts       (uses TEMPORAL_ADDRESS; without it, starts a dev server)
 */
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { LimitsPlugin } from 'temporal-limits/worker';
import { withTemporal } from '../local-temporal';
import { CONNECTIONS, databaseLimits } from './limits';
import { startStrictPostgres, type StrictPostgres } from './strict-postgres';
import type { askOften } from './workflows';

const PROCESSES = 4;
const QUERIES = 200;

/** Runs 200 queries in four processes, and returns the answers with what the database saw. */
export async function main(): Promise<{ readonly answers: number[]; readonly seen: StrictPostgres['seen'] }> {
  const database = await startStrictPostgres(CONNECTIONS);
  const limits = databaseLimits();
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const taskQueue = `postgres-example-${randomUUID()}`;
  const processes = Array.from({ length: PROCESSES }, () =>
    fork(require.resolve('./worker-process'), [taskQueue], {
      execArgv: ['--import', 'tsx'],
      env: { DATABASE_URL: database.url, ...process.env },
    }),
  );
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    plugins: [new LimitsPlugin({ limits })],
  });
  const { workflow } = new Client({ connection, namespace });
  const answers = await worker.runUntil(async () => {
    const workflowId = randomUUID();
    const result = await workflow.execute<typeof askOften>('askOften', { taskQueue, workflowId, args: [QUERIES] });
    // they give their permits back while there is still somebody to take them
    await Promise.all(processes.map(leave));
    return result;
  });
  await limits.close();
  await connection.close();
  await database.close();
  return { answers, seen: database.seen };
}

async function leave(process: ChildProcess): Promise<void> {
  process.disconnect();
  await once(process, 'exit');
}

if (require.main === module)
  void withTemporal(main).then(({ answers, seen }) => console.log(`${String(answers.length)} answers`, seen));
