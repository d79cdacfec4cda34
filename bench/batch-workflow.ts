/**
 * What the batch workflow costs by itself: items a second, history events an item, and for how long nothing is started
 * when a run ends and the next begins. No limits and no provider; an item takes `--latency` milliseconds.
 *
 *   npx tsx bench/batch-workflow.ts --items 10000 --latency 100 --bound 50 --partitions 1
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startDevServer } from '../src/client/dev-server';
import { BATCH_WORKFLOW } from '../src/workflows/batch-protocol';
import { FakeBatch } from '../test/support/fake-batch';

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '10000' },
    latency: { type: 'string', default: '100' },
    bound: { type: 'string', default: '50' },
    partitions: { type: 'string', default: '1' },
  },
});
const [items, latencyMs, bound, partitions] = [values.items, values.latency, values.bound, values.partitions].map(
  Number,
) as [number, number, number, number];

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const server = await startDevServer();
  const native = await NativeConnection.connect({ address: server.address });
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  const batch = new FakeBatch({ items, latencyMs });
  const common = { connection: native, namespace: server.namespace };
  const control = await Worker.create({
    ...common,
    taskQueue: 'control',
    workflowsPath: require.resolve('../src/workflows/index'),
    activities: batch.control,
  });
  const workers = await Worker.create({
    ...common,
    taskQueue: 'items',
    activities: batch.item,
    maxConcurrentActivityTaskExecutions: 500,
  });
  await control.runUntil(
    workers.runUntil(async () => {
      const begun = performance.now();
      const events = await Promise.all(
        Array.from({ length: partitions }, (_, index) =>
          client.workflow.execute<() => Promise<number>>(BATCH_WORKFLOW, {
            workflowId: `batch-${randomUUID()}`,
            taskQueue: 'control',
            args: [
              batch.input('control', 'items', Math.ceil(bound / partitions), { index, count: partitions }),
            ] as never,
          }),
        ),
      );
      const seconds = (performance.now() - begun) / 1000;
      const total = events.reduce((sum, each) => sum + each, 0);
      const starts = [...batch.startedAt].sort((a, b) => a - b);
      const pause = Math.max(...starts.slice(1).map((at, i) => at - (starts[i] ?? at)));
      console.log(
        `${items} items, ${partitions} partition(s): ${(items / seconds).toFixed(0)} items/s, ` +
          `${(total / items).toFixed(2)} history events an item, longest pause between two starts ${pause.toFixed(0)} ms, ` +
          `${batch.results.length} results`,
      );
    }),
  );
  await native.close();
  await connection.close();
  await server.stop();
}

void main();
