/** Time as those who wait see it. */
export interface Timer {
  /** Monotonic. Unit: milliseconds, with fractions. */
  now(): number;
  /** Runs `action` after `delayMs`; what it returns cancels that. Keeps the process alive: somebody waits. */
  after(delayMs: number, action: () => void): () => void;
}

/** Time as a process sees it; injected, so that tests drive it by hand. */
export interface Clock extends Timer {
  /** Runs `action` once all that is ready to run has run, and what has been written is on its way. */
  turn(action: () => void): void;
}
