/**
 * What the batch workflow costs by itself: items a second, history events an item, for how long nothing is started when a
 * run ends and the next begins, and what every process has in memory as the batch continues. No limits and no provider; an
 * item takes `--latency` milliseconds. Fails if a result is missing or came twice.
 *
 *   npx tsx bench/batch-workflow.ts --items 10000 --latency 100 --bound 50 --partitions 1
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { numericOptions } from '../scripts/support/command-line';
import { startOwnDevServer } from '../scripts/support/dev-server';
import { installQuietRuntime } from '../src/batch/temporal/quiet-runtime';
import { BATCH_WORKFLOW, progressQuery } from '../src/workflows/batch/batch-protocol';
import { FakeBatch } from '../test/support/fake-batch';
import { until } from '../test/support/until';
import { residentSets } from './support/memory';

const DEFAULTS = { items: 10_000, latency: 100, bound: 50, partitions: 1 };
const { items, latency: latencyMs, bound, partitions } = numericOptions(DEFAULTS);

/** When memory and history are looked at. Unit: percent of the items. */
const MARKS = [10, 30, 50, 70, 90, 99] as const;
const FOR_EVER = 2 ** 31 - 1;

async function main(): Promise<void> {
  installQuietRuntime();
  const folder = await mkdtemp(join(tmpdir(), 'temporal-limits-bench-'));
  // as the batch's own server, which would otherwise keep all histories in memory
  const server = await startOwnDevServer({ dbFilename: join(folder, 'temporal.db'), namespace: 'default' });
  const native = await NativeConnection.connect({ address: server.address });
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  const batch = new FakeBatch({ items, latencyMs });
  const control = await Worker.create({
    connection: native,
    taskQueue: 'control',
    workflowsPath: require.resolve('../src/workflows/index'),
    activities: batch.control,
  });
  const workers = await Worker.create({
    connection: native,
    taskQueue: 'items',
    activities: batch.item,
    maxConcurrentActivityTaskExecutions: 500,
  });
  await control.runUntil(workers.runUntil(run(client, batch)));
  await native.close();
  await connection.close();
  await server.stop();
  await rm(folder, { recursive: true });
}

async function run(client: Client, batch: FakeBatch): Promise<void> {
  const begun = performance.now();
  const handles = await Promise.all(
    Array.from({ length: partitions }, (_, index) => {
      const input = batch.input('control', 'items', Math.ceil(bound / partitions), { index, count: partitions });
      return client.workflow.start(BATCH_WORKFLOW, {
        workflowId: `batch-${randomUUID()}`,
        taskQueue: 'control',
        args: [input],
      });
    }),
  );
  const ends = Promise.all(handles.map((handle): Promise<number> => handle.result()));
  for (const mark of MARKS) {
    await Promise.race([until(`${mark} %`, () => batch.written >= (items * mark) / 100, FOR_EVER), ends]);
    await tellOf(mark, handles, batch);
  }
  const events = (await ends).reduce((sum, each) => sum + each, 0);
  const seconds = (performance.now() - begun) / 1000;
  const starts = batch.startedAt.sort((a, b) => a - b);
  const pause = starts.reduce((longest, at, i) => Math.max(longest, at - (starts[i - 1] ?? at)), 0);
  const wrong = batch.timesWritten.filter((times) => times !== 1).length;
  console.log(
    `${items} items, ${partitions} partition(s): ${(items / seconds).toFixed(0)} items/s, ` +
      `${(events / items).toFixed(2)} history events an item, longest pause between two starts ${pause.toFixed(0)} ms, ` +
      `${batch.written} results, ${wrong} of them missing or doubled`,
  );
  if (wrong > 0) process.exitCode = 1;
}

/** Prints what the processes have in memory, and what history has cost so far. */
async function tellOf(mark: number, handles: readonly WorkflowHandle[], { written }: FakeBatch): Promise<void> {
  const progress = await Promise.all(handles.map((handle) => handle.query(progressQuery)));
  const [events, done] = [progress.map((each) => each.events), progress.map((each) => each.done)].map((counts) =>
    counts.reduce((sum, each) => sum + each, 0),
  ) as [number, number];
  const memory = Object.entries(await residentSets(process.pid)).map(([name, megabytes]) => `${name} ${megabytes} MiB`);
  console.log(
    `${mark} %: ${written} results; ${memory.join(', ')}; ${(events / done).toFixed(2)} history events an item so far`,
  );
}

void main();
