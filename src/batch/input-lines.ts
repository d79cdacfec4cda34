import { createReadStream } from 'node:fs';

export interface InputLine {
  /** From 1. */
  readonly number: number;
  /** Where its bytes begin in the file. */
  readonly offset: number;
  /** Without its line end; undefined if it is longer than {@link LONGEST_LINE}. */
  readonly bytes: Buffer | undefined;
}

/** Longer lines are not kept: a file without any line end must not fill the memory. Unit: bytes. */
export const LONGEST_LINE = 32 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The lines of a file as they stand in it, byte by byte, without a byte order mark at its beginning and CRs at line ends. */
export async function* readLines(file: string): AsyncGenerator<InputLine> {
  let number = 1;
  let offset = 0;
  let parts: Buffer[] = [];
  let length = 0;

  const add = (part: Buffer): void => {
    length += part.length;
    if (length <= LONGEST_LINE) parts.push(part);
    else parts = [];
  };
  const finish = (): InputLine => {
    const whole = length <= LONGEST_LINE ? Buffer.concat(parts) : undefined;
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
