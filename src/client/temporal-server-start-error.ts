/** Thrown when a Temporal dev server was started and did not become ready. */
export class TemporalServerStartError extends Error {
  override readonly name = 'TemporalServerStartError';

  /**
   * @param executable Path of the `temporal` command that was run.
   * @param reason What happened instead of an answer.
   * @param output The end of what the server wrote to its error stream.
   */
  constructor(
    readonly executable: string,
    readonly reason: string,
    readonly output: string,
  ) {
    super(`The Temporal dev server (${executable}) ${reason}.${output === '' ? '' : ` It said:\n${output}`}`);
  }
}
