import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadBatchConfig } from './batch-config';
import { type BatchRunOptions, runBatch } from './batch-run';
import { ConfigError } from './config-error';
import { indexInput } from './input';
import { InputError } from './input-error';
import { OutputWriter } from './output';
import { OutputError } from './output-error';
import { installQuietRuntime } from './quiet-runtime';
import { reportText } from './report';
import { TargetError } from './target-error';
import { UsageError } from './usage-error';
import { bundleWorkflows } from './workflow-code';

export interface BatchCommandOptions {
  /** The limits.yaml. */
  readonly config: string;
  readonly input: string;
  readonly output: string;
  /** Worker processes. */
  readonly workers: number;
  /** Whether an output file that exists is replaced. */
  readonly force: boolean;
}

/** The exit codes of the command. */
export const EXIT = { ok: 0, someFailed: 1, badInput: 2, interrupted: 130 } as const;

/** The batch command: checks everything, then runs it. Resolves with the exit code. */
export async function batchCommand(options: BatchCommandOptions): Promise<number> {
  const interruption = new AbortController();
  const unlisten = onInterrupt(() => interruption.abort());
  let isStarted = false;
  try {
    const checked = await check(options);
    const output = await OutputWriter.open(options.output, { force: options.force });
    isStarted = true;
    return await run(options, { ...checked, output, signal: interruption.signal });
  } catch (error) {
    if (interruption.signal.aborted) return EXIT.interrupted;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return isBadInput(error) || (error instanceof OutputError && !isStarted) ? EXIT.badInput : EXIT.someFailed;
  } finally {
    unlisten();
  }
}

type Checked = Pick<BatchRunOptions, 'config' | 'configFile' | 'inputFile' | 'items'>;

async function check(options: BatchCommandOptions): Promise<Checked> {
  const configFile = resolve(options.config);
  const inputFile = resolve(options.input);
  const { config } = await loadBatchConfig(options.config);
  const items = await indexInput(
    options.input,
    config.sets.map((set) => set.config.model),
  );
  await refuseSameFile(options.output, { '--config': configFile, '--input': inputFile });
  return { config, configFile, inputFile, items };
}

async function run(
  { workers }: BatchCommandOptions,
  checked: Omit<BatchRunOptions, 'workers' | 'code'>,
): Promise<number> {
  const { items, output, signal } = checked;
  try {
    installQuietRuntime();
    const code = bundleWorkflows();
    code.catch(() => undefined); // Told where it is awaited.
    const report = await runBatch({ ...checked, workers, code });
    await print(reportText(report));
    if (signal.aborted) return EXIT.interrupted;
    return report.failed === 0 && report.items === items.length ? EXIT.ok : EXIT.someFailed;
  } finally {
    if (output.count === 0 && items.length > 0) await output.discard();
    else await output.close();
  }
}

/** The first Ctrl-C ends the batch in order. A second one does not wait for that: everything else ends with this process. */
function onInterrupt(interrupt: () => void): () => void {
  let isInterrupted = false;
  const listener = (): void => {
    if (isInterrupted) process.exit(EXIT.interrupted);
    isInterrupted = true;
    process.stderr.write('\nEnding; press Ctrl-C again to end at once.\n');
    interrupt();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

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

function isBadInput(error: unknown): boolean {
  return [ConfigError, InputError, TargetError, UsageError].some((kind) => error instanceof kind);
}

/** Resolves when the text is out, which on a pipe is later than the call. */
function print(text: string): Promise<void> {
  return new Promise((done) => process.stdout.write(text, () => done()));
}
