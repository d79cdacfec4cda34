import { open } from 'node:fs/promises';
import { type IndexedItem } from '../workflows/batch-protocol';
import { InputError, type InputProblem } from './input-error';
import { type InputItem, parseItem } from './input-item';
import { LONGEST_LINE, readLines } from './input-lines';
import { loadInputTokenCounter } from './tokens';

/** More than this many bad lines are only counted. */
const REPORTED = 20;

/**
 * Checks a whole input file and indexes its items. No prompt is kept, so the memory needed is that of the index.
 *
 * @param models the models that may get the items; their tokenizers count the input tokens
 * @throws {InputError} with the first 20 bad lines and the number of the rest
 */
export async function indexInput(file: string, models: readonly string[]): Promise<IndexedItem[]> {
  const countTokens = await loadInputTokenCounter(models);
  const items: IndexedItem[] = [];
  const lineOf = new Map<string, number>();
  const problems: InputProblem[] = [];
  let bad = 0;
  const complain = (line: number, message: string): void => {
    bad += 1;
    if (bad <= REPORTED) problems.push({ line, message });
  };
  try {
    for await (const { number, offset, bytes } of readLines(file)) {
      const item = bytes === undefined ? `this line is longer than ${LONGEST_LINE} bytes` : parseItem(bytes);
      if (typeof item === 'string') complain(number, item);
      if (typeof item !== 'object' || bytes === undefined) continue;
      const { id, prompt, maxTokens } = item;
      const earlier = lineOf.get(id);
      if (earlier !== undefined) complain(number, `line ${earlier} has the same id; each item needs its own`);
      lineOf.set(id, earlier ?? number);
      if (bad > 0) continue; // The count is for nothing once the file is refused.
      items.push({ id, offset, length: bytes.length, maxTokens, inputTokens: countTokens(prompt) });
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new InputError(file, [{ line: 0, message: `the file cannot be read (${code})` }]);
  }
  if (bad > 0) throw new InputError(file, problems, bad - problems.length);
  return items;
}

/**
 * Reads one item of a checked input file.
 *
 * @throws {InputError} if there is no item at this place: the file has changed since it was indexed
 */
export async function readItem(file: string, offset: number, length: number): Promise<InputItem> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    const item = bytesRead === length ? parseItem(buffer) : undefined;
    if (typeof item === 'object') return item;
  } finally {
    await handle.close();
  }
  throw new InputError(file, [{ line: 0, message: `the file has changed: there is no item at byte ${offset}` }]);
}
