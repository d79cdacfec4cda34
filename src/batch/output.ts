import { type FileHandle, open } from 'node:fs/promises';
import { type ItemResult } from '../workflows/item-result';
import { OutputError } from './output-error';

export interface OutputOptions {
  /** Replace a file that holds something already. @default false */
  readonly force?: boolean;
}

/**
 * Appends results to a file, one line each, in the order in which they are written. A line goes out in one piece, so that
 * whoever reads along, or finds the file after a crash, sees whole lines only.
 */
export class OutputWriter {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #written = new Set<string>();
  #last: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  /** @throws {OutputError} if the file holds something and `force` is not set, or if it cannot be written */
  static async open(file: string, { force = false }: OutputOptions = {}): Promise<OutputWriter> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(file, 'a');
      const { size } = await handle.stat();
      if (size > 0 && !force) throw new OutputError(file, 'exists');
      if (size > 0) await handle.truncate();
      return new OutputWriter(file, handle);
    } catch (error) {
      await handle?.close();
      throw asOutputError(file, error);
    }
  }

  /** Items written so far. */
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
    if (this.#written.has(result.id)) return false;
    this.#written.add(result.id);
    const line = Buffer.from(`${JSON.stringify(result)}\n`);
    this.#last = this.#last.then(() => this.#append(line));
    this.#last.catch(() => undefined); // Told to this caller, to the later ones and to close().
    await this.#last;
    return true;
  }

  /** Waits for every line, has the disk keep them, and closes the file. Closing twice does nothing. */
  close(): Promise<void> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  async #finish(): Promise<void> {
    try {
      await this.#last;
      await this.#handle.datasync();
    } catch (error) {
      throw asOutputError(this.#file, error);
    } finally {
      await this.#handle.close();
    }
  }

  async #append(line: Buffer): Promise<void> {
    try {
      await this.#handle.appendFile(line);
    } catch (error) {
      throw asOutputError(this.#file, error);
    }
  }
}

function asOutputError(file: string, error: unknown): OutputError {
  if (error instanceof OutputError) return error;
  return new OutputError(file, (error as NodeJS.ErrnoException).code ?? 'unwritable');
}
