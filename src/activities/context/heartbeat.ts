import { type Context } from '@temporalio/activity';

/** Stands in for a heartbeat timeout that is missing or longer: a cancellation is asked for three times in this span. */
const MOST_MS = 10_000;

/** What an activity has last said of its progress, and how it tells the server. */
interface Progress {
  details: unknown;
  /** Whether the server was last told of a wait in their place. */
  isWaitTold: boolean;
  readonly tell: (details?: unknown) => void;
}

const progresses = new WeakMap<Context, Progress>();

/** The heartbeat details of an activity that has no progress to tell, while it waits for limits. */
export interface Waiting {
  /** Why it is not served, or that its limits have no room. */
  readonly waitingForLimits: string;
  /** The names of the sets that it waits for: `temporal-limits why` says more of each. */
  readonly limitSets?: readonly string[];
}

/**
 * Keeps what the activity says of its progress from now on, for {@link heartbeating} to repeat: each heartbeat replaces
 * the one before, and with it where the next attempt continues. What a former attempt said of its wait is no progress.
 */
export function rememberProgress(context: Context): Progress {
  const known = progresses.get(context);
  if (known !== undefined) return known;
  const { info, heartbeat: tell } = context;
  if (isWaiting(info.heartbeatDetails)) Object.assign(info, { heartbeatDetails: undefined });
  const progress = { details: info.heartbeatDetails as unknown, isWaitTold: false, tell };
  progresses.set(context, progress);
  Object.assign(context, {
    heartbeat(details?: unknown) {
      progress.details = details;
      progress.isWaitTold = false;
      tell(details);
    },
  });
  return progress;
}

/**
 * Heartbeats while it waits, so that the server neither gives the activity up nor keeps a cancellation to itself.
 *
 * @param waiting What it waits for, if that is known: told as long as there is no progress to tell.
 */
export async function heartbeating<T>(
  context: Context,
  wait: Promise<T>,
  waiting: () => Waiting | undefined = () => undefined,
): Promise<T> {
  const progress = rememberProgress(context);
  // the server takes no heartbeats of local activities, and sends 0 for no timeout
  const { isLocal, heartbeatTimeoutMs: timeoutMs = 0 } = context.info;
  if (isLocal) return wait;
  const everyMs = (timeoutMs > 0 ? Math.min(timeoutMs, MOST_MS) : MOST_MS) / 3;
  const timer = setInterval(() => {
    const wait = progress.details === undefined ? waiting() : undefined;
    progress.isWaitTold = wait !== undefined;
    progress.tell(wait ?? progress.details);
  }, everyMs);
  try {
    return await wait;
  } finally {
    clearInterval(timer);
    // the wait is over, so its report goes, too
    if (progress.isWaitTold) progress.tell(progress.details);
  }
}

function isWaiting(details: unknown): details is Waiting {
  if (typeof details !== 'object' || details === null || !('waitingForLimits' in details)) return false;
  return Object.keys(details).every((key) => key === 'waitingForLimits' || key === 'limitSets');
}
