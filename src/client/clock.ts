/** Time as the client sees it; injected, so that tests drive it by hand. */
export interface Clock {
  /** Monotonic. Unit: milliseconds, with fractions. */
  now(): number;
  /** Runs `action` after `delayMs`; what it returns cancels that. Keeps the process alive: somebody waits. */
  after(delayMs: number, action: () => void): () => void;
  /** Runs `action` once all that is ready to run has run, and what has been written is on its way. */
  turn(action: () => void): void;
}

/** The longest delay that Node's timers take. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The process's monotonic clock, set once to the wall clock; a wall clock that jumps changes nothing. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
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
