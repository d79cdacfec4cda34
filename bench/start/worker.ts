/**
 * A worker of a process of its own: how long it takes from `Worker.create` until it runs. Forked by bench/start.ts, with the
 * server's address and whether it has the plugin, both of the built package.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type * as worker from '../../src/activities/index';
import type * as client from '../../src/index';

const BUILT = join(__dirname, '../../lib/src');
const [address = '', kind] = process.argv.slice(2);

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address });
  const plugins = kind === 'plugin' ? [await limitsPlugin()] : [];
  const begun = performance.now();
  const activities = { noop: () => Promise.resolve() };
  const running = await Worker.create({ connection, taskQueue: randomUUID(), activities, plugins });
  const run = running.run();
  while (running.getState() !== 'RUNNING') await sleep(1);
  process.send?.(performance.now() - begun);
  running.shutdown();
  await run;
  await connection.close();
}

/** As a worker of users has it, with a set that no other has. */
async function limitsPlugin() {
  const { LimitsPlugin } = (await import(join(BUILT, 'activities/index.js'))) as typeof worker;
  const { CallLimit, LimitSet } = (await import(join(BUILT, 'index.js'))) as typeof client;
  const limits = [new CallLimit({ capacity: 10, windowSeconds: 1 })];
  return new LimitsPlugin({ limits: new LimitSet({ name: `start-${randomUUID()}`, mode: 'temporal', limits }) });
}

void main().then(() => process.exit());
