import type { Clock } from '../acquire/clock';

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
