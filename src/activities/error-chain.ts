/** Deeper than any library wraps; an error may be its own cause, and no search may then go on for ever. */
const DEEPEST = 8;

/** An error and what it was caused by: `cause` after `cause`, and every member of an `AggregateError`. */
export function* errorChain(error: unknown, depth = 0): Generator<Readonly<Record<string, unknown>>> {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return;
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown };
  yield error as Readonly<Record<string, unknown>>;
  yield* errorChain(cause, depth + 1);
  if (Array.isArray(errors)) for (const member of errors) yield* errorChain(member, depth + 1);
}
