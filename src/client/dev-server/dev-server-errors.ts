/** Thrown when there is no Temporal server to use and no command that can start one. */
export class TemporalServerNotFoundError extends Error {
  override readonly name = 'TemporalServerNotFoundError';

  /** @param tried Every place that was tried, in order, each with the reason for which it failed. */
  constructor(readonly tried: readonly string[]) {
    super(
      [
        'There is no Temporal server to use, and no Temporal CLI to start one. Tried:',
        ...tried.map((attempt) => `  - ${attempt}`),
        'Install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on the PATH, name it in TEMPORAL_CLI, ' +
          'or set TEMPORAL_ADDRESS to a running server.',
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
    super(`The Temporal dev server (${executable}) ${reason}.${output === '' ? '' : ` Its output:\n${output}`}`);
  }
}
