/** A Temporal server that a batch cannot run on, as it is set up. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}
