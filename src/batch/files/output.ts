import { type FileHandle, open, rm, stat, rename } from 'node:fs/promises';
import { fitting } from '../../workflows/batch/fitting';
import { type ItemResult } from '../../workflows/batch/item-result';
import { OutputError, UsageError } from '../errors/errors';
import { readLines } from './input';

export interface OutputOptions {
  /** Replace a file that exists already. @default false */
  readonly force?: boolean;
  /** Go on with what the file holds. @default none: it must not exist */
  readonly contents?: OutputContents | undefined;
}

/** Lines go out together up to this size: larger pieces would be cut, inside a line. Unit: bytes. */
const LARGEST_PIECE = 256 * 1024;

/** Made by this run, there before it, or a device or pipe: always there, nothing to replace and no disk to wait for. */
type FileKind = 'new' | 'old' | 'device';

/**
 * Appends results to a file, one line each, in the order in which they are written. A line goes out in one piece, so that
 * a reader sees whole lines only, even after a crash.
 */
export class OutputWriter {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #kind: FileKind;
  /** Whether what it holds is of an earlier run. */
  #isStale: boolean;
  readonly #earlier: ReadonlyMap<string, boolean>;
  readonly #written = new Map<string, boolean>();
  /** Lines that go out together, once those before them are in the file. */
  readonly #waiting: Buffer[] = [];
  #last: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(file: string, handle: FileHandle, kind: FileKind, contents: OutputContents | undefined) {
    this.#file = file;
    this.#handle = handle;
    this.#kind = kind;
    this.#isStale = kind === 'old' && contents === undefined;
    this.#earlier = contents?.answered ?? new Map<string, boolean>();
  }

  /**
   * Makes the file, which thereby is this run's: another one that is given the same name is refused. What a replaced file
   * holds stays until there is a first line to replace it, or {@link begin}. If the file is continued, half a line at its end
   * is cut off.
   *
   * @throws {OutputError} if there is such a file and `force` is not set, or if it cannot be written
   */
  static async open(file: string, { force = false, contents }: OutputOptions = {}): Promise<OutputWriter> {
    try {
      const found = await stat(file).catch(() => undefined);
      const kind = found === undefined ? 'new' : found.isFile() ? 'old' : 'device';
      const mayExist = kind === 'device' || (kind === 'old' && (force || contents !== undefined));
      const handle = await open(file, mayExist ? 'a' : 'ax');
      if (contents !== undefined) await handle.truncate(contents.wholeBytes);
      return new OutputWriter(file, handle, kind, contents);
    } catch (error) {
      throw asOutputError(file, error);
    }
  }

  /** Whether there is a result of this item, of this run or an earlier one. */
  has(id: string): boolean {
    return this.#earlier.has(id) || this.#written.has(id);
  }

  /** Whether the item was answered. */
  isOk(id: string): boolean {
    return this.#written.get(id) ?? this.#earlier.get(id) ?? false;
  }

  /** Whether each item of earlier runs was answered, by its id. */
  get earlier(): ReadonlyMap<string, boolean> {
    return this.#earlier;
  }

  /** From here on, what the file holds counts as this run's. */
  async begin(): Promise<void> {
    await this.#replace().catch((error: unknown) => {
      throw asOutputError(this.#file, error);
    });
  }

  /** Items written so far, by this run. */
  get count(): number {
    return this.#written.size;
  }

  /**
   * Resolves when the line is in the file. A second result for the same item is dropped, and the answer is false: an
   * item whose worker died after the reply can finish twice.
   *
   * @throws {OutputError} if this line or an earlier one could not be written, or if the writer is closed
   */
  async write(result: ItemResult): Promise<boolean> {
    if (this.#closed !== undefined) throw new OutputError(this.#file, 'closed');
    if (this.has(result.id)) return false;
    this.#written.set(result.id, result.ok);
    this.#waiting.push(Buffer.from(`${JSON.stringify(result)}\n`));
    if (this.#waiting.length === 1) {
      this.#last = this.#last.then(() => this.#append(this.#waiting.splice(0)));
      this.#last.catch(() => undefined); // Told to this caller, to the later ones and to close().
    }
    await this.#last;
    return true;
  }

  /** Waits for every line, has the disk keep them, and closes the file. Closing twice does nothing. */
  close(): Promise<void> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  /** Closes, and takes the file away again if this run made it and has written nothing: the command can be repeated. */
  async discard(): Promise<void> {
    await this.#handle.close();
    this.#closed = Promise.resolve();
    if (this.#kind === 'new' && this.count === 0) await rm(this.#file, { force: true });
  }

  async #finish(): Promise<void> {
    try {
      await this.#last;
      await this.#replace();
      if (this.#kind !== 'device') await this.#handle.datasync();
    } catch (error) {
      throw asOutputError(this.#file, error);
    } finally {
      await this.#handle.close();
    }
  }

  async #append(lines: Buffer[]): Promise<void> {
    try {
      await this.#replace();
      while (lines.length > 0) {
        const together = this.#kind === 'device' ? 1 : fitting(lines, LARGEST_PIECE, ({ length }) => length);
        await this.#handle.appendFile(Buffer.concat(lines.splice(0, together)));
      }
    } catch (error) {
      throw asOutputError(this.#file, error);
    }
  }

  async #replace(): Promise<void> {
    if (this.#isStale) await this.#handle.truncate();
    this.#isStale = false;
  }
}

function asOutputError(file: string, error: unknown): OutputError {
  if (error instanceof OutputError) return error;
  const { code = 'unwritable' } = error as NodeJS.ErrnoException;
  return new OutputError(file, code === 'EEXIST' ? 'exists' : code);
}

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
  for await (const { number, offset, bytes } of readLines(file, Infinity)) {
    const isLast = bytes !== undefined && offset + bytes.length >= found.size;
    if (isLast && isTorn) {
      wholeBytes = offset;
      continue;
    }
    const result = parseResult(bytes);
    if (result === undefined)
      throw new UsageError(`${file}:${number}: this is not a result of a batch; name another output`);
    answered.set(result.id, result.ok);
  }
  return { answered, wholeBytes };
}

/**
 * Drops the results of items that were given up, so that they are done again. The file is replaced in one step, by one
 * that is made at `incoming`.
 */
export async function dropFailed(file: string, incoming: string): Promise<void> {
  try {
    const { mode, uid, gid } = await stat(file);
    const handle = await open(incoming, 'w', mode);
    try {
      // only root may give it to another, and a file that stays this user's is no reason to stop
      await handle.chown(uid, gid).catch(() => undefined);
      await handle.chmod(mode);
      for await (const { bytes } of readLines(file, Infinity)) {
        if (bytes !== undefined && parseResult(bytes)?.ok === true)
          await handle.appendFile(Buffer.concat([bytes, LINE_END]));
      }
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(incoming, file);
  } catch (error) {
    throw asOutputError(file, error);
  }
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
