/** How the SDK words that a signal had nobody to go to; its type is that of every failed signal. */
const NOT_FOUND = /\bwas not found\b/;

/** Whether a signal failed because there is no such workflow, or it is closed. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && NOT_FOUND.test(error.message);
}
