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
        ? `${file} exists, of an earlier run or one under way; name another output file, or pass --force to replace it`
        : `${file} cannot be written (${code})`,
    );
  }
}
