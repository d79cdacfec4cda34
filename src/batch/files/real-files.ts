import { fstatSync } from 'node:fs';
import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../errors/errors';

/** As many links as a system follows. */
const MOST_LINKS = 40;

/** The file that an output is, behind its links: what has two names is one batch. A device is itself. */
export async function outputBehindLinks(output: string): Promise<string> {
  const found = await stat(output).catch(() => undefined);
  if (found !== undefined && !found.isFile()) return output;
  const path = resolve(output);
  const real = found === undefined ? await madeAt(path) : await realpath(path);
  return real === path ? output : real;
}

/** Where a file would be made: behind a link that leads to nothing yet. */
async function madeAt(path: string, links = 0): Promise<string> {
  const link = links < MOST_LINKS ? await readlink(path).catch(() => undefined) : undefined;
  if (link !== undefined) return madeAt(resolve(dirname(path), link), links + 1);
  const folder = await realpath(dirname(path)).catch(() => dirname(path));
  return join(folder, basename(path));
}

/**
 * An input that other processes can read, too: their standard input is another one.
 *
 * @throws {InputError} if it can be read only once
 */
export async function readableInput(input: string): Promise<string> {
  const found = await stat(input).catch(() => undefined);
  if (found?.isFIFO() === true || found?.isSocket() === true) {
    const message =
      'this must be a file, not a pipe: each item is read again when it is done. Write it to a file first';
    throw new InputError(input, [{ line: 0, message }]);
  }
  const isOurs = found?.isFile() === true && /^\/(?:dev|proc)\//.test(resolve(input));
  return isOurs ? realpath(input) : input;
}

/** Whether what is written to a file stands where this process's standard output goes. */
export async function isStdout(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  const { dev, ino } = fstatSync(1);
  return found?.dev === dev && found.ino === ino;
}
