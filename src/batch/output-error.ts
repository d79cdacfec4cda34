/** An output file that cannot be written to. */
export class OutputError extends Error {
  override readonly name = 'OutputError';

  constructor(
    readonly file: string,
    /** `exists` if it holds something already, otherwise the operating system's code, such as `ENOENT`. */
    readonly code: string,
  ) {
    super(
      code === 'exists'
        ? `${file} already holds something; name another output file, or pass --force to replace it`
        : `${file} cannot be written (${code})`,
    );
  }
}
