import { type Context } from '@temporalio/activity';

/** Without a heartbeat timeout nobody listens closely; this keeps cancellation from taking longer than that to arrive. */
const DEFAULT_MS = 10_000;

/** What each activity has last said of its progress. */
const newest = new WeakMap<Context, unknown>();

/**
 * Keeps what the activity says of its progress from now on, for {@link heartbeating} to repeat: each heartbeat replaces
 * the one before, and with it where the next attempt goes on.
 */
export function rememberProgress(context: Context): void {
  if (newest.has(context)) return;
  newest.set(context, context.info.heartbeatDetails);
  const { heartbeat } = context;
  Object.assign(context, {
    heartbeat(details?: unknown) {
      newest.set(context, details);
      heartbeat(details);
    },
  });
}

/** Heartbeats while it waits, so that the server neither gives the activity up nor keeps a cancellation to itself. */
export async function heartbeating<T>(context: Context, wait: Promise<T>): Promise<T> {
  rememberProgress(context);
  const everyMs = (context.info.heartbeatTimeoutMs ?? DEFAULT_MS) / 3;
  const timer = setInterval(() => {
    context.heartbeat(newest.get(context));
  }, everyMs);
  try {
    return await wait;
  } finally {
    clearInterval(timer);
  }
}
