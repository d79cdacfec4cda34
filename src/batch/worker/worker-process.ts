import { Context } from '@temporalio/activity';
import { type Client } from '@temporalio/client';
import { shareHost } from '../../activities/plugin/hosts';
import { type ItemActivities, slowProbeSignal } from '../../workflows/batch/batch-protocol';
import { ApiKeys } from '../config/api-keys';
import { type BatchSet } from '../config/config';
import { loadDataConverterModule } from '../config/data-converter-module';
import { type ItemResult } from '../../workflows/batch/item-result';
import { Bundle } from './bundle';
import { type Complete } from './complete';
import { completeItems } from './item-group';
import { Outbox } from './outbox';
import { type FromWorker, type StartWorker, type ToWorker } from './worker-slot';
import { warmUp } from './provider';
import { installQuietRuntime } from '../temporal/quiet-runtime';
import { Recalls } from './recalls';
import { runWorkers, createSetWorkers } from './set-workers';
import { workerExitCodeOf } from '../errors/exit-code';
import { itemQueueOf } from '../state/partitions';
import { connectTemporal } from '../temporal/connect-temporal';
import { type Work } from './work-counters';

/** How old a report to the parent may be. Unit: milliseconds. */
const TELL_EVERY_MS = 200;
/** A process that cannot end in order, because its server is gone, ends all the same. Unit: milliseconds. */
const LAST_RESORT_MS = 5_000;

/** A worker process of a batch: serves every set's task queue until its parent tells it to stop, or is gone. */
let stop: () => void = () => process.exit(0);
/** What this process has done, once it has done anything. */
let lastWork: Work | undefined;
const recalls = new Recalls();
const warm = warmUp();
const results = new Bundle<ItemResult>((all) => tell({ type: 'results', results: all }));
const outbox = new Outbox((result) => results.say(result));

// A Ctrl-C reaches the whole group; the parent decides when the workers may go.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.once('disconnect', () => {
  outbox.close();
  stop();
});
process.on('message', (message: ToWorker) => {
  if (message.type === 'recall') recalls.recall(message.ids);
  else if (message.type === 'written') for (const { id, error } of message.results) outbox.written(id, error);
  else if (message.type === 'stop') stop();
  else serve(message).then(end, fail);
});

async function serve({ batch, config, apiKeys, target, identity, bounds, ...start }: StartWorker): Promise<void> {
  installQuietRuntime();
  const dataConverter =
    start.dataConverter === undefined ? undefined : await loadDataConverterModule(start.dataConverter);
  const connections = await connectTemporal(target, dataConverter);
  // the workers would start one too, but the parent is to know of it when this process is ready
  const sharing = shareHost({
    connection: connections.native,
    namespace: connections.namespace,
    dataConverter,
    hostLimiter: false,
    limiterBundle: undefined,
  });
  const creating = createSetWorkers({
    config,
    apiKeys: new ApiKeys(apiKeys),
    ...(dataConverter !== undefined && { dataConverter }),
    connection: connections.native,
    client: connections.client,
    namespace: connections.namespace,
    identity,
    bounds,
    taskQueueOf: (set) => itemQueueOf(batch, set.name),
    activities: itemActivities(connections.client),
    hostLimiter: false,
    workChanged: teller(),
  });
  const [host, workers] = await Promise.all([sharing, creating, warm]);
  const running = runWorkers(workers);
  stop = () => {
    setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
    running.stop();
  };
  tell({ type: 'ready', pushQueue: host.pushQueue });
  try {
    await running.ended;
  } finally {
    await host.stop();
    await connections.close();
  }
}

function itemActivities(client: Client): (complete: Complete, set: BatchSet) => ItemActivities {
  return (complete, { name }) => ({
    completeItems: (file, items, isProbe) => {
      const { workflowExecution } = Context.current().info;
      const takesLong = (): void => {
        const batch = client.workflow.getHandle(workflowExecution?.workflowId ?? '');
        batch.signal(slowProbeSignal, name).catch(() => undefined);
      };
      return completeItems({ set: name, complete, recalls, outbox, takesLong }, file, items, isProbe);
    },
  });
}

/** Tells the parent of changes, several at once. */
function teller(): (work: Work) => void {
  let timer: NodeJS.Timeout | undefined;
  return (work) => {
    lastWork = work;
    timer ??= setTimeout(() => {
      timer = undefined;
      tell({ type: 'work', work });
    }, TELL_EVERY_MS).unref();
  };
}

function tell(message: FromWorker, told = (): void => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, told);
  else told();
}

/** Not before the parent has been told of all: what has ended in the last moment counts, too. */
function end(): void {
  if (lastWork === undefined) process.exit(0);
  tell({ type: 'work', work: lastWork }, () => process.exit(0));
}

function fail(error: unknown): void {
  process.stderr.write(`A worker process failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(workerExitCodeOf(error));
}
