/** What a message of the next release has that this one does not know of, as the protocol allows without a new version. */
const NEWS = { sinceNextRelease: { load: 0.5, hints: ['unknown before'] } };

/** A message as the next release writes it. */
export function withNews(message: unknown): unknown {
  return typeof message === 'object' && message !== null ? { ...message, ...NEWS } : message;
}
