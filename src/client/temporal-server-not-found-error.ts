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
