import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError, type Command } from 'commander';
import fc from 'fast-check';
import { batchOptions } from '../../src/batch/cli/batch-options';
import { parseRecord, RECORD_FORMAT, refuseOtherBatch, type BatchContent } from '../../src/batch/state/batch-record';
import { dropFailed, readOutput } from '../../src/batch/files/output';
import { UsageError } from '../../src/batch/errors/errors';
import { target, type Target } from '../target';
import { mutated, oddJson, oddText, spliced } from '../values';

const WORDS = [
  '--config',
  '--workers',
  '--partitions',
  '3',
  '--resume',
  '--detach',
  'status',
  'cancel',
  '--address',
  '--help',
];

const CONTENT: BatchContent = {
  input: { file: '/in', items: 2, digest: 'ab' },
  sets: [{ name: 'east', version: 1, limits: [{ kind: 'resource', key: 'connections', capacity: 4 }] }],
  pool: { loadBalancing: 'LeastWait' },
  models: ['gpt'],
  taskQueues: ['east'],
};
const RECORD = { ...CONTENT, format: RECORD_FORMAT, id: 'b-1', partitions: 1, startedAt: 1, target: { isOwn: true } };
const RESULTS = '{"id":"1","ok":true,"text":"a"}\n{"id":"2","ok":false}\n';

/** The command and those below it, to be parsed and not to be run. */
function idle(command: Command): Command {
  command.action(() => undefined).configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  command.commands.forEach(idle);
  return command;
}

/** Throws what is no refusal that a user of the command understands. */
async function orUsageError(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
}

/** What continuing an output does to it: no result is lost. */
async function goOnWith(file: string, contents: string | Uint8Array): Promise<void> {
  await writeFile(file, contents);
  const found = await readOutput(file);
  if (found === undefined) return;
  await dropFailed(file, `${file}.incoming`);
  const left = await readOutput(file);
  for (const [id, ok] of found.answered)
    if (ok && left?.answered.get(id) !== true) throw new Error(`the result of ${id} is lost`);
}

/** What the batch is called with, and what it finds beside its output. */
export const batchFiles: readonly Target[] = [
  target('command lines', fc.array(fc.oneof(fc.constantFrom(...WORDS), oddText), { maxLength: 6 }), async (args) => {
    const command = idle(batchOptions(() => undefined));
    try {
      await command.parseAsync(args, { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      return;
    }
    const { workers, partitions } = command.opts<{ workers: number; partitions: number }>();
    if (!(workers >= 1 && partitions >= 1)) throw new Error(`${workers} workers, ${partitions} partitions`);
  }),
  target(
    'records of batches',
    fc.oneof(
      mutated(RECORD, oddJson).map((record) => JSON.stringify(record)),
      spliced(JSON.stringify(RECORD)),
    ),
    (text) =>
      orUsageError(() => {
        refuseOtherBatch(parseRecord(text, '/out.batch/batch.json'), CONTENT, '/out');
      }),
  ),
  target('outputs of batches', fc.oneof(spliced(RESULTS), fc.uint8Array()), async (contents) => {
    const folder = await mkdtemp(join(tmpdir(), 'fuzz-output-'));
    try {
      await orUsageError(() => goOnWith(join(folder, 'output'), contents));
    } finally {
      await rm(folder, { recursive: true });
    }
  }),
];
