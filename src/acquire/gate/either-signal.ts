import { AbortWatch } from './abort-watch';

const followers = new AbortWatch<AbortController>((controllers, reason) => {
  for (const controller of controllers) controller.abort(reason);
});

/**
 * Runs the body with a signal that aborts with either of two, until the body has ended.
 *
 * `AbortSignal.any` would leave a trace of each in signals that live on, such as that of an activity, and all of it where
 * somebody listens and never stops.
 */
export async function withEitherSignal<T>(
  one: AbortSignal | undefined,
  other: AbortSignal,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (one === undefined) return body(other);
  const controller = new AbortController();
  const both = [one, other];
  const aborted = both.find((signal) => signal.aborted);
  if (aborted !== undefined) controller.abort(aborted.reason);
  for (const signal of both) followers.add(signal, controller);
  try {
    return await body(controller.signal);
  } finally {
    for (const signal of both) followers.delete(signal, controller);
  }
}
