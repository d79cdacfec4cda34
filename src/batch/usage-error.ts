/** Options of the command that make no sense together. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
