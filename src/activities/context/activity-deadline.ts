import type { Context, Info } from '@temporalio/activity';

/** What is left of an activity's time for its result to reach the server: a call that starts later is paid for in vain. */
const REPORT_MS = 500;
/** Of a short time, no more than this share. */
const REPORT_SHARE = 0.1;

/** The wait for a worker counts as no more than this share of the time that was left: the clocks may differ by any amount. */
const QUEUE_SHARE = 0.5;

/**
 * Until when an activity may begin something that it wants to report. Counted from when this process got the attempt, by
 * its own monotonic clock: the clocks of server and worker may differ by any amount. Only how long the attempt waited for
 * a worker, which counts for a schedule-to-close timeout, is read from both.
 */
export class ActivityDeadline {
  readonly #option: 'startToCloseTimeout' | 'scheduleToCloseTimeout';
  readonly #totalMs: number;
  readonly #endsAt: number;

  constructor(
    info: Info,
    private readonly now: () => number = () => performance.now(),
    wallNow: () => number = Date.now,
  ) {
    const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = info;
    const startToCloseMs = bounded(info.startToCloseTimeoutMs);
    const scheduleToCloseMs = bounded(info.scheduleToCloseTimeoutMs);
    const beforeMs = Math.max(0, currentAttemptScheduledTimestampMs - scheduledTimestampMs);
    const queuedMs = Math.max(0, wallNow() - currentAttemptScheduledTimestampMs);
    const spentMs = beforeMs + Math.min(queuedMs, Math.max(0, scheduleToCloseMs - beforeMs) * QUEUE_SHARE);
    const isStart = startToCloseMs <= scheduleToCloseMs - spentMs;
    this.#option = isStart ? 'startToCloseTimeout' : 'scheduleToCloseTimeout';
    this.#totalMs = isStart ? startToCloseMs : scheduleToCloseMs;
    const left = isStart ? startToCloseMs : scheduleToCloseMs - spentMs;
    this.#endsAt = now() + left - Math.min(REPORT_MS, left * REPORT_SHARE);
  }

  /** How long something may still begin. Unit: milliseconds; `Infinity` without a timeout. */
  leftMs(): number {
    return this.#endsAt - this.now();
  }

  /** Why a wait ended that had no timeout of its own, and what helps. */
  get explanation(): string {
    return (
      `Waiting used up the activity's ${this.#option} of ${this.#totalMs} ms. ` +
      `Give the activity a longer ${this.#option}, or acquire in the workflow, where waiting takes no activity's time`
    );
  }
}

const deadlines = new WeakMap<Context, ActivityDeadline>();

/** The deadline of an activity, counted from when it was first asked for. */
export function deadlineOf(context: Context): ActivityDeadline {
  const deadline = deadlines.get(context) ?? new ActivityDeadline(context.info);
  deadlines.set(context, deadline);
  return deadline;
}

/** The server sends 0 where there is no timeout. */
function bounded(timeoutMs: number | undefined): number {
  return timeoutMs === undefined || !(timeoutMs > 0) ? Infinity : timeoutMs;
}
