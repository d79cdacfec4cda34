import { type DataConverter } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import { type IndexedItem } from '../../workflows/batch/batch-protocol';
import { type ItemResult } from '../../workflows/batch/item-result';
import { workflowCode } from '../../activities/plugin/workflow-code';
import { limiterId } from '../../workflows/limiter/protocol';
import { type BatchFolder } from '../state/batch-folder';
import { askProgress, type WorkflowsEnd } from '../temporal/batch-workflows';
import { type WorkerFleet } from '../worker/worker-fleet';
import { fleetOrders } from './fleet-orders';
import { batchInputs, inFlightBounds } from './batch-inputs';
import { type BatchContent, type BatchRecord, RECORD_FORMAT } from '../state/batch-record';
import { type ApiKeys } from '../config/api-keys';
import { type BatchConfig } from '../config/config';
import { startControlWorker } from './control-worker';
import { endPreviousRun, reclaimFromPreviousRun } from '../state/previous-run';
import { actionShare } from '../temporal/action-share';
import { queryLimiters } from '../temporal/limiter-stats';
import { type OutputWriter } from '../files/output';
import { batchWorkflowIds, controlQueueOf } from '../state/partitions';
import { Forecaster } from '../report/forecast';
import { startProgress } from '../report/progress';
import { type BatchReport } from '../report/report';
import { monitor } from '../report/run-monitor';
import { ResultCounts } from '../report/result-counts';
import { leastSeconds, reportOf } from '../report/run-report';
import { refuseConflicts } from '../temporal/running-definitions';
import { ConnectionMonitor } from '../report/connection-monitor';
import { connectTemporal, type TemporalConnections } from '../temporal/connect-temporal';
import { type TemporalTarget } from '../temporal/temporal-target';
import { installQuietRuntime } from '../temporal/quiet-runtime';
import { type BatchServer } from './batch-server';
import { waitForResults } from './wait-for-results';

export interface BatchRunOptions {
  readonly config: BatchConfig;
  /** For the worker processes. */
  readonly apiKeys: ApiKeys;
  /** How payloads are written. @default as plain JSON */
  readonly dataConverter?: DataConverter;
  readonly items: readonly IndexedItem[];
  readonly content: BatchContent;
  readonly output: OutputWriter;
  readonly folder: BatchFolder;
  /** The batch to continue. @default a new one */
  readonly record: BatchRecord | undefined;
  /** Batch workflows that share the items of a new batch. */
  readonly partitions: number;
  /** The worker processes, which are to be told what they serve. */
  readonly fleet: WorkerFleet;
  /** Whether a dashboard shows the accounts while it runs. */
  readonly dashboard: boolean;
  /** Where it runs, while that starts. */
  readonly server: Promise<BatchServer>;
  /** Told once the batch cannot be refused any more. */
  readonly onStart: (record: BatchRecord) => Promise<void>;
  /** Aborts when the batch is to end early. */
  readonly signal: AbortSignal;
}

export interface BatchOutcome {
  readonly how: WorkflowsEnd['how'];
  readonly report: BatchReport;
}

/** A busy limiter may take so long to say what a batch has cost. Unit: milliseconds. */
const COUNTS_MS = 15_000;

/** Ends something that was started. */
type Cleanup = () => Promise<unknown>;

/**
 * Runs a checked batch: server and processes up, items through, everything down again, whatever happens. On the signal
 * it ends early; the results that there are by then are written.
 */
export async function runBatch(options: BatchRunOptions): Promise<BatchOutcome> {
  const cleanups: Cleanup[] = [];
  try {
    return await run(options, (cleanup) => cleanups.unshift(cleanup));
  } finally {
    for (const cleanup of cleanups) await cleanup().catch(() => undefined);
  }
}

async function run(options: BatchRunOptions, atEnd: (cleanup: Cleanup) => void): Promise<BatchOutcome> {
  const { config, items, output, folder, fleet, signal } = options;
  const setNames = config.sets.map(({ name }) => name);
  const bounds = inFlightBounds(config.sets);
  const tally = new ResultCounts();
  installQuietRuntime();
  const code = workflowCode(options.dataConverter);
  code.catch(() => undefined); // Told where it is awaited.
  const { target, isOwn, gone, connections } = await reach(options, atEnd);
  const { client, address, namespace } = connections;
  if (options.dashboard) await showDashboard(connections, atEnd);
  signal.throwIfAborted();
  // limits may have changed since, under a higher version
  const record = options.record === undefined ? newRecord(options, target) : { ...options.record, ...options.content };
  if (options.record === undefined && folder.found !== undefined) await endPreviousRun(client, folder.found);
  const workflowIds = batchWorkflowIds(record.id, record.partitions);
  const reclaimTargets = { client, workflowIds, limitSets: setNames };
  // before there are others that are noted
  const reclaimed = reclaimFromPreviousRun(await folder.notedWorkers(), folder, reclaimTargets);
  const write = writerTo(output, items, tally);
  fleet.serve(fleetOrders({ ...options, record, target, bounds, reclaimTargets, write }));
  atEnd(() => fleet.stop());
  const controlQueue = controlQueueOf(record.id);
  const identity = `${controlQueue}:control:${randomUUID()}`;
  await folder.noteWorker(process.pid, { identity, pushQueue: '' });
  const controlWorker = await startControlWorker({
    ...{ connections, controlQueue, identity, items, output, write, code: await code },
    recall: (ids) => fleet.recall(ids),
  });
  atEnd(() => controlWorker.stop());
  // only now is there a process that answers for limiters of an earlier batch
  const [before] = await Promise.all([queryLimiters(client, setNames), refuseConflicts(client, config.sets)]);
  const failed = Promise.race([fleet.failed, controlWorker.failed, gone]);
  await Promise.race([Promise.all([fleet.ready, reclaimed]), failed, aborted(signal)]);
  signal.throwIfAborted();

  await output.begin();
  const running = { ...record, target: { address, namespace, isOwn } };
  await folder.write(running);
  await options.onStart(running);
  const stopMonitor = monitor({
    sets: config.sets,
    total: items.length,
    before: [...output.earlier.values()],
    tally,
    forecaster: forecasterOf(config, items, output),
    signal,
    progress: startProgress(),
    work: () => fleet.work,
    queryLimiters: () => queryLimiters(client, setNames),
    isPaused: async () => (await askProgress(client, workflowIds)).some((part) => part.isPaused),
    connection: new ConnectionMonitor(client, connections.address),
  });
  let end: WorkflowsEnd;
  try {
    const inputs = batchInputs({ record, config, items, bounds, answered: output.earlier });
    end = await Promise.race([waitForResults({ client, inputs, items, output, signal }), failed]);
  } finally {
    // The leases go back first: the limiters' last events are part of what the run cost, and its last progress shows all done.
    await fleet.stop();
    stopMonitor();
  }
  const [after, limits, batch] = await Promise.all([
    queryLimiters(client, setNames, end.how === 'left' ? undefined : COUNTS_MS),
    actionShare(client, setNames.map(limiterId)),
    actionShare(client, workflowIds),
  ]);
  const counts = { before, after, batchEvents: end.events, actionShares: { limits, batch } };
  return { how: end.how, report: reportOf({ sets: config.sets, items, tally, work: fleet.work, ...counts }) };
}

/** The server, once it is up, and the ways to it. */
async function reach({ server, dataConverter, signal }: BatchRunOptions, atEnd: (cleanup: Cleanup) => void) {
  const started = await server;
  atEnd(() => started.stop());
  signal.throwIfAborted();
  const { target, isOwn, gone } = started;
  const connections = await connectTemporal(target, dataConverter, '; a batch that names none starts its own');
  atEnd(() => connections.close());
  return { target, isOwn, gone, connections };
}

/** Writes results of this batch's items, each once. */
function writerTo(
  output: OutputWriter,
  items: readonly IndexedItem[],
  tally: ResultCounts,
): (result: ItemResult) => Promise<void> {
  const ids = new Set(items.map(({ id }) => id));
  return async (result) => {
    if (ids.has(result.id) && (await output.write(result))) tally.add(result);
  };
}

/** For this machine alone, and read-only. */
async function showDashboard(
  { client, address }: TemporalConnections,
  atEnd: (cleanup: Cleanup) => void,
): Promise<void> {
  const { serveDashboard } = await import('../dashboard/serve-dashboard.js');
  const dashboard = await serveDashboard(client, { address, port: 0 });
  atEnd(() => dashboard.close());
  process.stderr.write(`dashboard: ${dashboard.url}\n`);
}

function forecasterOf({ sets }: BatchConfig, items: readonly IndexedItem[], output: OutputWriter): Forecaster {
  const left = items.filter(({ id }) => !output.has(id));
  const windows = sets.flatMap(({ limits }) =>
    limits.flatMap((limit) => (limit.kind === 'resource' ? [] : [limit.windowSeconds])),
  );
  return new Forecaster({
    items: left.length,
    leastSeconds: leastSeconds(sets, left),
    windowSeconds: Math.max(0, ...windows),
  });
}

function newRecord({ content, partitions }: BatchRunOptions, target: TemporalTarget): BatchRecord {
  const id = `${new Date().toISOString().slice(0, 10)}-${randomUUID().slice(0, 8)}`;
  return {
    format: RECORD_FORMAT,
    id,
    partitions,
    startedAt: Date.now(),
    target: { ...target, isOwn: false },
    ...content,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
