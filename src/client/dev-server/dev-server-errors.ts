/** Thrown when there is no Temporal server to use and none could be fetched or built. */
export class TemporalServerNotFoundError extends Error {
  override readonly name = 'TemporalServerNotFoundError';

  /** @param tried Every place and way that was tried, in order, each with the reason for which it failed. */
  constructor(readonly tried: readonly string[]) {
    super(
      [
        'There is no Temporal server here, and none could be fetched or built. Tried:',
        ...tried.map((attempt) => `  - ${attempt}`),
        'Set TEMPORAL_ADDRESS to a running server, or put the `temporal` command (https://docs.temporal.io/cli) on the PATH.',
      ].join('\n'),
    );
  }
}

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
