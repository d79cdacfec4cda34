import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BatchFolder } from './batch-folder';
import { type BatchContent, type BatchRecord } from './batch-record';
import { type IndexedItem } from '../../workflows/batch/batch-protocol';
import { EXIT } from '../errors/exit-code';
import { OutputWriter, dropFailed, type OutputContents, readOutput } from '../files/output';
import { planBatch, type ResumeOptions } from './resume-plan';

export interface OpenOptions extends ResumeOptions {
  readonly output: string;
}

/** A batch whose output is open, or why there is nothing to open. */
export type Opening =
  | {
      readonly kind: 'open';
      readonly output: OutputWriter;
      /** The batch to continue. @default a new one */
      readonly record: BatchRecord | undefined;
    }
  | { readonly kind: 'nothing'; readonly message: string; readonly code: number };

/**
 * Decides what a command continues, and opens the output accordingly.
 *
 * @throws {UsageError} if what was asked for cannot be
 * @throws {OutputError} if the output is there and not to be touched, or cannot be written
 */
export async function openBatch(
  options: OpenOptions,
  { items, content }: { readonly items: readonly IndexedItem[]; readonly content: BatchContent },
  folder: BatchFolder,
): Promise<Opening> {
  const { output, retryFailed } = options;
  const isDevice = await stat(output).then(
    (found) => !found.isFile(),
    () => false,
  );
  let contents = options.force ? undefined : await readOutput(output);
  const ids = new Set(items.map(({ id }) => id));
  const findings = { output, isDevice, record: folder.found, contents, content, knows: (id: string) => ids.has(id) };
  const plan = planBatch(options, findings);
  if (items.length === 0) {
    // no server or workers are needed; the output exists, without a line
    await folder.clear();
    await (await OutputWriter.open(output, { force: true })).close();
    return { kind: 'nothing', message: `there is no item in ${content.input.file}: nothing to do`, code: EXIT.ok };
  }
  if (plan === 'begin') {
    await folder.clear();
    return { kind: 'open', output: await OutputWriter.open(output, { force: true }), record: undefined };
  }
  const failed = countFailed(contents);
  if (retryFailed && failed === 0 && contents?.answered.size === items.length) {
    return { kind: 'nothing', message: `nothing in ${output} has failed`, code: EXIT.ok };
  }
  if (retryFailed && failed > 0) {
    await dropFailed(output, join(folder.path, 'output.incoming'));
    contents = await readOutput(output);
  }
  if (plan === 'goOnFromOutput' && contents?.answered.size === items.length) {
    const message = `${output} has a result for every item: nothing is left to do`;
    return { kind: 'nothing', message, code: failed > 0 ? EXIT.someFailed : EXIT.ok };
  }
  contents ??= { answered: new Map(), wholeBytes: 0 };
  const writer = await OutputWriter.open(output, { contents });
  return { kind: 'open', output: writer, record: plan === 'goOn' ? folder.found : undefined };
}

function countFailed(contents: OutputContents | undefined): number {
  return [...(contents?.answered.values() ?? [])].filter((ok) => !ok).length;
}
