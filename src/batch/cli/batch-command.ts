import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type DataConverter } from '@temporalio/common';
import { type IndexedItem } from '../../workflows/batch/batch-protocol';
import { type ApiKeys } from '../config/api-keys';
import { loadBatchConfig, type BatchConfig } from '../config/config';
import { mostOf } from '../config/counted-units';
import { BatchFolder } from '../state/batch-folder';
import { type BatchContent, type BatchRecord, contentOf } from '../state/batch-record';
import { forgetBatch, registerBatch } from '../state/batch-registry';
import { type BatchOutcome } from '../run/batch-run';
import { serverOf } from '../run/batch-server';
import { tellStarted } from '../run/detach';
import { EXIT, reasonOf } from '../errors/exit-code';
import { toldCode } from './ending';
import { indexInput } from '../files/input';
import { isStdout, outputBehindLinks, readableInput } from '../files/real-files';
import { openBatch } from '../state/open-batch';
import { type OutputWriter } from '../files/output';
import { reportText } from '../report/report';
import { hasCursor, Style } from '../text/style';
import { type ResumeOptions } from '../state/resume-plan';
import { OutputError, UsageError } from '../errors/errors';
import { numberOf } from '../text/numbers';
import { type WorkerFleet } from '../worker/worker-fleet';

export interface BatchCommandOptions extends ResumeOptions {
  /** The limits.yaml. */
  readonly config: string;
  readonly input: string;
  readonly output: string;
  /** Worker processes. */
  readonly workers: number;
  /** Batch workflows that share the items. */
  readonly partitions: number;
  /** Whether a dashboard shows the accounts. */
  readonly dashboard: boolean;
}

/** A batch of which everything is known but what there is of it already. */
interface CheckedBatch {
  readonly config: BatchConfig;
  readonly apiKeys: ApiKeys;
  readonly dataConverter?: DataConverter;
  readonly items: readonly IndexedItem[];
  readonly content: BatchContent;
}

/** A checked batch whose output is open. */
interface OpenBatch extends CheckedBatch {
  readonly fleet: WorkerFleet;
  readonly folder: BatchFolder;
  readonly output: OutputWriter;
  readonly record: BatchRecord | undefined;
  /** Whether bars are drawn on the terminal: then they say what there is to say. */
  readonly bars: { areShown: boolean };
}

/** The batch command: checks everything, then runs it with these worker processes. Resolves with the exit code. */
export async function batchCommand(asked: BatchCommandOptions, fleet: WorkerFleet): Promise<number> {
  const options = { ...asked, output: await outputBehindLinks(asked.output) };
  const interruption = new AbortController();
  const bars = { areShown: false };
  const unlisten = onInterrupt(() => {
    if (!bars.areShown) process.stderr.write('\nStopping; press Ctrl-C again to stop at once.\n');
    interruption.abort();
  });
  let folder: BatchFolder | undefined;
  let isOpen = false;
  try {
    const checked = await check(options);
    folder = await BatchFolder.claim(options.output);
    const opening = await openBatch(options, checked, folder);
    if (opening.kind === 'nothing') {
      process.stderr.write(`${opening.message}\n`);
      return opening.code;
    }
    isOpen = true;
    return await run(options, { ...checked, ...opening, folder, fleet, bars }, interruption.signal);
  } catch (error) {
    // what could not be written is told all the same
    if (interruption.signal.aborted && !(error instanceof OutputError)) return EXIT.interrupted;
    return toldCode(error, isOpen);
  } finally {
    await fleet.stop();
    await folder?.leave();
    unlisten();
  }
}

async function check(options: BatchCommandOptions): Promise<CheckedBatch> {
  const configFile = resolve(options.config);
  const input = await readableInput(options.input);
  const file = resolve(input);
  const { config, apiKeys, dataConverter } = await loadBatchConfig(options.config);
  const counting = config.sets.filter(({ limits }) => mostOf(limits, 'input_tokens') < Infinity);
  const models = counting.map((set) => set.config.model);
  const items = await indexInput(input, models, config.units);
  await refuseSameFile(options.output, { '--config': configFile, '--input': file });
  return {
    config,
    ...(dataConverter !== undefined && { dataConverter }),
    apiKeys,
    items,
    content: await contentOf(config, configFile, { file, items: items.length }),
  };
}

async function run(
  { workers, partitions, dashboard, output: outputFile }: BatchCommandOptions,
  batch: OpenBatch,
  signal: AbortSignal,
): Promise<number> {
  const { output, folder, items } = batch;
  let started: BatchRecord | undefined;
  const onStart = async (record: BatchRecord): Promise<void> => {
    started = record;
    await registerBatch({ id: record.id, folder: folder.path, output: resolve(outputFile) }).catch((error: unknown) => {
      const lost = 'so `batch status` and the like will not find this batch by its id';
      process.stderr.write(`the state folder cannot be written (${reasonOf(error)}), ${lost}\n`);
    });
    const verb = batch.record === undefined ? 'starts' : 'continues';
    // other commands reach its limiters there
    const where = record.target.isOwn ? `, its own Temporal server is at ${record.target.address}` : '';
    process.stderr.write(
      `batch ${record.id} ${verb}: ${output.earlier.size} of ${numberOf(items.length, 'item')} done${where}\n`,
    );
    tellStarted(record.id);
    batch.bars.areShown = hasCursor(process.stderr);
  };
  let outcome: BatchOutcome;
  const size = `${numberOf(items.length, 'item')}, ${numberOf(batch.config.sets.length, 'account')}`;
  process.stderr.write(`${size}: starting ${numberOf(workers, 'worker process', 'worker processes')}\n`);
  try {
    // it starts while the rest is loaded
    const server = serverOf(batch.config, folder, batch.record);
    server.catch(() => undefined); // Told where it is awaited.
    const { runBatch } = await import('../run/batch-run.js');
    outcome = await runBatch({ ...batch, server, partitions, dashboard, onStart, signal });
  } finally {
    if (output.count === 0) await output.discard();
    else await output.close();
  }
  if (outcome.how === 'through') {
    await folder.remove();
    if (started !== undefined) await forgetBatch(started.id).catch(() => undefined);
  }
  // the results are not to be mixed with the report
  const stream = (await isStdout(outputFile)) ? process.stderr : process.stdout;
  await print(reportText(outcome.report, Style.of(stream), output.earlier.size === 0 ? 'all' : 'this run'), stream);
  if (outcome.how !== 'through') {
    process.stderr.write(`batch ${started?.id ?? ''} is not finished: run the same command to continue it\n`);
    return EXIT.interrupted;
  }
  const failed = items.filter(({ id }) => !output.isOk(id));
  const [first] = failed;
  if (first === undefined) return EXIT.ok;
  process.stderr.write(
    `${failed.length} of ${numberOf(items.length, 'item')} failed, such as ${JSON.stringify(first.id)}: see "error" in ${outputFile}\n`,
  );
  return EXIT.someFailed;
}

/** @throws UsageError if the output is one of the files that are read: it would be overwritten */
async function refuseSameFile(output: string, others: Readonly<Record<string, string>>): Promise<void> {
  const identity = async (file: string): Promise<string> => {
    const found = await stat(file, { bigint: true }).catch(() => undefined);
    return found === undefined ? resolve(file) : `${found.dev}:${found.ino}`;
  };
  const own = await identity(output);
  for (const [option, file] of Object.entries(others)) {
    if (own === (await identity(file))) throw new UsageError(`--output names the same file as ${option}: ${output}`);
  }
}

/** Resolves when the text is out, which on a pipe is later than the call. */
function print(text: string, stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => stream.write(text, () => done()));
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The first Ctrl-C ends the batch in order. A second one does not wait for that: everything else ends with this process. */
function onInterrupt(interrupt: () => void): () => void {
  let isInterrupted = false;
  const listener = (): void => {
    if (isInterrupted) process.exit(EXIT.interrupted);
    isInterrupted = true;
    interrupt();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
