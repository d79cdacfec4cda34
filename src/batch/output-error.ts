const HINT = ': make room on its disk, and the same command goes on';
const HINTS: Readonly<Record<string, string>> = { ENOSPC: HINT, EDQUOT: HINT };

/** An output file that cannot be written to. */
export class OutputError extends Error {
  override readonly name = 'OutputError';

  constructor(
    readonly file: string,
    /** `exists` if it is there already, otherwise the operating system's code, such as `ENOENT`. */
    readonly code: string,
  ) {
    super(
      code === 'exists'
        ? `${file} exists, of an earlier run or one under way; name another output file, or pass --resume to go on with it, ` +
            '--retry-failed to do again what failed in it, or --force to replace it'
        : `${file} cannot be written (${code})${HINTS[code] ?? ''}`,
    );
  }
}
