import { type Context } from '@temporalio/activity';

/** Without a heartbeat timeout nobody listens closely; this keeps cancellation from taking longer than that to arrive. */
const DEFAULT_MS = 10_000;

/** Heartbeats while it waits, so that the server neither gives the activity up nor keeps a cancellation to itself. */
export async function heartbeating<T>(context: Context, wait: Promise<T>): Promise<T> {
  const everyMs = (context.info.heartbeatTimeoutMs ?? DEFAULT_MS) / 3;
  const timer = setInterval(() => {
    context.heartbeat(context.info.heartbeatDetails);
  }, everyMs);
  try {
    return await wait;
  } finally {
    clearInterval(timer);
  }
}
