/**
 * A process of its own, for what only a process can show. Run with `tsx`; a role and its arguments on the command line,
 * the server in `TEMPORAL_ADDRESS`.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { currentLimits, LimitsPlugin } from '../../src/activities/index';
import { shareHost } from '../../src/activities/plugin/hosts';
import { systemClock } from '../../src/client/link/system-clock';
import { LimitSet } from '../../src/client/sets/limit-set';
import type { LimitSetJSON } from '../../src/client/sets/limit-set-options';

/** What a child is to do. */
export interface Task {
  readonly role: keyof typeof roles;
  readonly set: LimitSetJSON;
  readonly times: number;
  readonly bodyMs: number;
  readonly bundlePath: string;
}

const roles = { hold, work, serve, host };

/** Acquires so many times, tells so, and keeps it until it is killed. */
async function hold({ set, times }: Task): Promise<void> {
  const limits = new LimitSet(set);
  for (let i = 0; i < times; i += 1) {
    const { fencingToken } = await limits.acquire();
    process.send?.({ fencingToken });
  }
}

/** Works so many times at once, and tells when it was at it. */
async function work({ set, times, bodyMs }: Task): Promise<void> {
  const limits = new LimitSet(set);
  const once = async (): Promise<[number, number]> => {
    const from = systemClock.now();
    await sleep(bodyMs);
    return [from, systemClock.now()];
  };
  const intervals = await Promise.all(Array.from({ length: times }, () => limits.use({}, once)));
  await limits.close();
  process.send?.({ intervals });
  process.disconnect();
}

/** Runs a worker with its limits for one activity, ends it, and has nothing left that keeps the process alive. */
async function serve({ set, bundlePath }: Task): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const address = process.env['TEMPORAL_ADDRESS'] ?? '';
  const namespace = process.env['TEMPORAL_NAMESPACE'] || 'default';
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const taskQueue = randomUUID();
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    workflowsPath: require.resolve('./workflows'),
    activities: { work: () => currentLimits().use({}, (slot) => slot.successful) },
    plugins: [new LimitsPlugin({ limits: new LimitSet(set), limiterBundle: { codePath: bundlePath } })],
  });
  await worker.runUntil(
    new Client({ connection, namespace }).workflow.execute('runActivity', {
      taskQueue,
      workflowId: randomUUID(),
      args: ['work', [], { startToCloseTimeout: '1m' }],
    }),
  );
  await connection.close();
  await native.close();
  process.disconnect();
}

/** Runs limiters, and tells so, until it is killed. */
async function host(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const namespace = process.env['TEMPORAL_NAMESPACE'] || 'default';
  await shareHost({ connection, namespace, dataConverter: undefined, hostLimiter: true, limiterBundle: undefined });
  process.send?.('ready');
}

const task = JSON.parse(process.argv[2] ?? '') as Task;
roles[task.role](task).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
