import type { Clock } from '../../acquire/ports';
import type { Present } from '../../limiter/retry/retry-hint';
import { setMaxListeners } from 'node:events';

/** The longest delay that Node's timers take. */
const MAX_DELAY_MS = 2 ** 31 - 1;

const ORIGIN = performance.timeOrigin;

/** The process's monotonic clock, set once to the wall clock; a wall clock that jumps changes nothing. */
export const systemClock: Clock = {
  now: () => ORIGIN + performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, Math.min(Math.max(0, delayMs), MAX_DELAY_MS));
    return () => {
      clearTimeout(timer);
    };
  },
  turn(action) {
    setImmediate(action);
  },
};

/** The wall clock, by which providers name moments. */
export function presentTime(): Present {
  return { now: Date.now(), parseDate: Date.parse };
}

/** As {@link systemClock}, for what no caller waits for: its timers let the process end. */
export const backgroundClock: Clock = {
  ...systemClock,
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** For a signal to which many may listen: Node would otherwise warn of a leak. */
export function busyController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
