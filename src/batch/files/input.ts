import { type FileHandle, open } from 'node:fs/promises';
import { type IndexedItem } from '../../workflows/batch/batch-protocol';
import { InputError, type InputProblem } from '../errors/errors';
import { type OtherUnits } from '../config/config';
import { defaultAmounts } from '../config/counted-units';
import { loadInputTokenCounter } from '../tokens/tokens';
import { createReadStream } from 'node:fs';

/** More than this many bad lines are only counted. */
const REPORTED = 20;

/**
 * Checks a whole input file and indexes its items. No prompt is kept, so the memory needed is that of the index.
 *
 * @param models the models whose tokenizers count the input tokens; none where no limit counts them
 * @param units what items may request besides tokens, and how much those do that do not say
 * @throws {InputError} with the first 20 bad lines and the number of the rest
 */
export async function indexInput(file: string, models: readonly string[], units?: OtherUnits): Promise<IndexedItem[]> {
  const countTokens = models.length > 0 ? await loadInputTokenCounter(models) : () => 0;
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
      const requested = requestedUnits(item, units);
      if (typeof requested === 'string') complain(number, requested);
      const earlier = lineOf.get(id);
      if (earlier !== undefined) complain(number, `line ${earlier} has the same id; each item needs its own`);
      lineOf.set(id, earlier ?? number);
      if (bad > 0) continue; // The count is for nothing once the file is refused.
      const other = typeof requested === 'object' && { units: requested };
      items.push({ id, offset, length: bytes.length, maxTokens, inputTokens: countTokens(prompt), ...other });
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new InputError(file, [{ line: 0, message: `the file cannot be read (${code})` }]);
  }
  if (bad > 0) throw new InputError(file, problems, bad - problems.length);
  return items;
}

/** Reads items of a checked input file, which is open from the first of them on. */
export class ItemReader {
  #opened: Promise<FileHandle> | undefined;

  constructor(private readonly file: string) {}

  /** @throws {InputError} if another item is at its place, or none: the file has changed since it was indexed */
  async read({ id, offset, length, maxTokens }: IndexedItem): Promise<InputItem> {
    this.#opened ??= open(this.file);
    const handle = await this.#opened.catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
    const item = bytesRead === length ? parseItem(buffer) : undefined;
    if (typeof item === 'object' && item.id === id && item.maxTokens === maxTokens) return item;
    const message = `the file has changed: item ${JSON.stringify(id)} is no longer at byte ${offset}`;
    throw new InputError(this.file, [{ line: 0, message }]);
  }

  /** Closes the file. Whoever reads on opens it anew. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.then(
      (handle) => handle.close(),
      () => undefined,
    );
  }
}

/** One prompt of an input file. */
export interface InputItem {
  /** Unique in its file. */
  readonly id: string;
  readonly prompt: string;
  /** The most tokens that the reply may have. */
  readonly maxTokens: number;
  /** What it requests of other units. */
  readonly units?: Readonly<Record<string, number>>;
}

/** What an item requests of the config's units; undefined if there are none. In words, what is wrong with what it says. */
function requestedUnits(item: InputItem, units: OtherUnits = {}): InputItem['units'] | string {
  const own = item.units ?? {};
  const names = Object.keys(units);
  const unknown = Object.keys(own).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const known = names.length > 0 ? `known are ${names.join(', ')}` : 'the config names none under units';
    return `the unit ${PLAIN_NAME.test(unknown) ? unknown : 'of another name'} is unknown; ${known}`;
  }
  if (names.length === 0) return undefined;
  return { ...defaultAmounts(units), ...own };
}

/** An id travels through workflow histories and into the output; this is enough for any name, and not for a text. */
const LONGEST_ID = 512;

/** Other names are not repeated: where a key belongs, a careless line may have its prompt. */
const PLAIN_NAME = /^[A-Za-z_][\w-]{0,31}$/;

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The item on a line of an input file, or in words what is wrong with the line. A blank line is undefined. */
export function parseItem(line: Buffer): InputItem | string | undefined {
  let text: string;
  try {
    text = UTF_8.decode(line);
  } catch {
    return 'this is not valid UTF-8';
  }
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message would quote the line.
    return 'this is not valid JSON; each line must be one object like {"id": "1", "prompt": "…", "maxTokens": 100}';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'this must be an object with id, prompt and maxTokens';
  }
  const { id, prompt, maxTokens, units, ...rest } = value as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    return `the key ${PLAIN_NAME.test(unknown) ? unknown : 'of another name'} is unknown; known are id, prompt, maxTokens, units`;
  }
  const name = typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id;
  if (typeof name !== 'string' || name === '') return `id ${missing(id)}must be a non-empty string or an integer`;
  if (name.length > LONGEST_ID) return `id must have at most ${LONGEST_ID} characters`;
  if (typeof prompt !== 'string') return `prompt ${missing(prompt)}must be a string`;
  if (typeof maxTokens !== 'number' || !Number.isSafeInteger(maxTokens) || maxTokens < 1) {
    return `maxTokens ${missing(maxTokens)}must be a positive integer`;
  }
  if (units === undefined) return { id: name, prompt, maxTokens };
  if (!areAmounts(units)) return 'units must be an object of numbers from 0, for example {"images": 2}';
  return { id: name, prompt, maxTokens, units };
}

function areAmounts(value: unknown): value is Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((amount) => Number.isFinite(amount) && amount >= 0);
}

function missing(value: unknown): string {
  return value === undefined ? 'is missing; it ' : '';
}

export interface InputLine {
  /** From 1. */
  readonly number: number;
  /** Where its bytes begin in the file. */
  readonly offset: number;
  /** Without its line end; undefined if it is too long. */
  readonly bytes: Buffer | undefined;
}

/** Longer lines of an input are not kept: a file without any line end must not fill the memory. Unit: bytes. */
const LONGEST_LINE = 32 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The lines of a file as they stand in it, byte by byte, without a byte order mark at its beginning and CRs at line ends. */
export async function* readLines(file: string, longest = LONGEST_LINE): AsyncGenerator<InputLine> {
  let number = 1;
  let offset = 0;
  let parts: Buffer[] = [];
  let length = 0;

  const add = (part: Buffer): void => {
    length += part.length;
    if (length <= longest) parts.push(part);
    else parts = [];
  };
  const finish = (): InputLine => {
    const whole = length <= longest ? Buffer.concat(parts) : undefined;
    const mark = offset === 0 && whole?.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    const end = whole?.at(-1) === CR ? whole.length - 1 : whole?.length;
    const line = { number, offset: offset + mark, bytes: whole?.subarray(mark, end) };
    number += 1;
    offset += length + 1;
    parts = [];
    length = 0;
    return line;
  };

  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      add(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (length > 0) yield finish();
}
