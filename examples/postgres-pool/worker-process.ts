/** One of many processes: a worker whose activities use the pool. `main.ts` starts it, with the database in DATABASE_URL. */
import { once } from 'node:events';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Pool } from 'pg';
import { LimitsPlugin } from 'temporal-limits/worker';
import { databaseLimits } from './limits';
import { sharedPool } from './shared-pool';

/** What a workflow can ask of the database. */
export const createActivities = (pool: Pool) => ({
  async answer(): Promise<number> {
    const { rows } = await pool.query<{ answer: number }>('SELECT 42 AS answer');
    return rows[0]?.answer ?? NaN;
  },
});

async function run(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const limits = databaseLimits();
  const pool = sharedPool(limits, {
    connectionString: process.env['DATABASE_URL'],
    max: 20,
    maxUses: 5,
    idleTimeoutMillis: 200,
  });
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: process.argv[2] ?? '',
    activities: createActivities(pool),
    plugins: [new LimitsPlugin({ limits, hostLimiter: false })],
  });
  // its parent lets go of it, or has died
  await worker.runUntil(once(process, 'disconnect'));
  await pool.end();
  await limits.close();
  await connection.close();
}

if (require.main === module) void run();
