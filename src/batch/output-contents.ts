import { open, rename, stat } from 'node:fs/promises';
import { readLines } from './input-lines';
import { UsageError } from './usage-error';

/** What an output file holds. */
export interface OutputContents {
  /** Whether each item was answered, by its id. */
  readonly answered: ReadonlyMap<string, boolean>;
  /** Up to the end of the last whole line; what follows was torn off when its process was killed. Unit: bytes. */
  readonly wholeBytes: number;
}

const LINE_END = Buffer.from('\n');

/**
 * Reads the output of an earlier run; undefined if there is none, or nothing in it.
 *
 * @throws {UsageError} if a line is no result: the file is something else
 */
export async function readOutput(file: string): Promise<OutputContents | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size === 0) return undefined;
  const isTorn = !(await endsLine(file, found.size));
  const answered = new Map<string, boolean>();
  let wholeBytes = found.size;
  for await (const { number, offset, bytes } of readLines(file)) {
    const isLast = bytes !== undefined && offset + bytes.length >= found.size;
    if (isLast && isTorn) {
      wholeBytes = offset;
      continue;
    }
    const result = parseResult(bytes);
    if (result === undefined)
      throw new UsageError(`${file}:${number}: this is no result of a batch; name another output`);
    answered.set(result.id, result.ok);
  }
  return { answered, wholeBytes };
}

/**
 * Drops the results of items that were given up, so that they are done again. The file is replaced in one step, by one
 * that is made at `incoming`.
 */
export async function dropFailed(file: string, incoming: string): Promise<void> {
  const handle = await open(incoming, 'w', (await stat(file)).mode);
  try {
    for await (const { bytes } of readLines(file)) {
      if (bytes !== undefined && parseResult(bytes)?.ok === true)
        await handle.appendFile(Buffer.concat([bytes, LINE_END]));
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(incoming, file);
}

function parseResult(bytes: Buffer | undefined): { readonly id: string; readonly ok: boolean } | undefined {
  try {
    const value = JSON.parse(bytes?.toString('utf8') ?? '') as { id?: unknown; ok?: unknown } | null;
    const { id, ok } = value ?? {};
    return typeof id === 'string' && typeof ok === 'boolean' ? { id, ok } : undefined;
  } catch {
    return undefined;
  }
}

async function endsLine(file: string, size: number): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer.equals(LINE_END);
  } finally {
    await handle.close();
  }
}
