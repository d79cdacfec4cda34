import { randomUUID } from 'node:crypto';
import { type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { startDevServer } from '../client/dev-server';
import { BATCH_WORKFLOW, type BatchInput, type IndexedItem } from '../workflows/batch-protocol';
import { terminate, untilEnded } from './batch-end';
import { type BatchConfig } from './config';
import { startControlWorker } from './control-worker';
import { inFlightBounds } from './in-flight-bound';
import { queryLimiters } from './limiter-stats';
import { takeBack } from './lost-worker';
import { type OutputWriter } from './output';
import { startProgress } from './progress';
import { type BatchReport } from './report';
import { routedSets } from './routed-sets';
import { monitor } from './run-monitor';
import { reportOf } from './run-report';
import { refuseConflicts } from './running-definitions';
import { Silence } from './silence';
import { Tally } from './tally';
import { connectTemporal, targetOf, type TemporalTarget } from './temporal-target';
import { WorkerFleet } from './worker-fleet';

export interface BatchRunOptions {
  readonly config: BatchConfig;
  /** Where the worker processes read the config, keys included. */
  readonly configFile: string;
  readonly inputFile: string;
  readonly items: readonly IndexedItem[];
  readonly output: OutputWriter;
  /** Worker processes. */
  readonly workers: number;
  /** The workflow code, while it is bundled. */
  readonly code: Promise<WorkflowBundleWithSourceMap>;
  /** Aborts when the batch is to end early. */
  readonly signal: AbortSignal;
}

/** Ends something that was started. */
type Cleanup = () => Promise<unknown>;

/**
 * Runs a checked batch: server and processes up, items through, everything down again, whatever happens. On the signal
 * it ends early; the results that there are by then are written.
 */
export async function runBatch(options: BatchRunOptions): Promise<BatchReport> {
  const cleanups: Cleanup[] = [];
  try {
    return await run(options, (cleanup) => cleanups.unshift(cleanup));
  } finally {
    for (const cleanup of cleanups) await cleanup().catch(() => undefined);
  }
}

async function run(options: BatchRunOptions, atEnd: (cleanup: Cleanup) => void): Promise<BatchReport> {
  const { config, configFile, inputFile, items, output, signal } = options;
  const setNames = config.sets.map(({ name }) => name);
  const bounds = inFlightBounds(config.sets);
  const tally = new Tally();

  const target = targetOf(config) ?? (await startServer(atEnd));
  signal.throwIfAborted();
  const connections = await connectTemporal(target);
  atEnd(() => connections.close());
  const { client } = connections;
  signal.throwIfAborted();
  const runId = randomUUID();
  const workflowId = `batch:${runId}`;
  const fleet = new WorkerFleet(
    options.workers,
    { configFile, target, bounds: Object.fromEntries(setNames.map((name, i) => [name, bounds[i] ?? 1])) },
    (lost) => void takeBack(lost, { client, workflowId, limitSets: setNames }),
  );
  atEnd(() => fleet.stop());
  const controlQueue = `temporal-limits-batch:${runId}`;
  const control = await startControlWorker({
    connections,
    controlQueue,
    code: await options.code,
    items,
    output,
    tally,
    recall: (ids) => fleet.recall(ids),
  });
  atEnd(() => control.stop());
  const before = await queryLimiters(client, setNames);
  refuseConflicts(config.sets, before);
  await Promise.race([fleet.ready, fleet.failed, aborted(signal)]);

  signal.throwIfAborted();
  const { loadBalancing = 'RoundRobin', workerIndex = 0, failover = true } = config.pool;
  const input: BatchInput = {
    controlQueue,
    file: inputFile,
    sets: routedSets(config.sets, bounds, items),
    policy: { loadBalancing, workerIndex, failover },
  };
  const handle = await client.workflow.start(BATCH_WORKFLOW, {
    workflowId,
    taskQueue: controlQueue,
    args: [input],
  });
  const stopMonitor = monitor({
    sets: config.sets,
    total: items.length,
    tally,
    progress: startProgress(),
    work: () => fleet.work,
    queryLimiters: () => queryLimiters(client, setNames),
    silence: new Silence(client, connections.address),
  });
  try {
    await Promise.race([untilEnded(client, handle, signal), fleet.failed]);
  } finally {
    await terminate(client, handle);
    // The leases go back first: the limiters' last events are part of what the run cost, and its last progress shows all done.
    await fleet.stop();
    stopMonitor();
  }
  const after = await queryLimiters(client, setNames);
  return reportOf({ sets: config.sets, items, tally, work: fleet.work, before, after });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function startServer(atEnd: (cleanup: Cleanup) => void): Promise<TemporalTarget> {
  const server = await startDevServer();
  atEnd(() => server.stop());
  return { address: server.address, namespace: server.namespace };
}
