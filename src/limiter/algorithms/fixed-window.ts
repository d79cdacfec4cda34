import type { Window } from '../window';
import { tolerance, type Algorithm } from './algorithm';

interface Count {
  /** Start of the window that `used` counts, a multiple of the window's length on the caller's clock. */
  start: number;
  used: number;
}

function roll(window: Window, count: Count, now: number): void {
  if (now < count.start + window.windowMs) return;
  const start = Math.floor(now / window.windowMs) * window.windowMs;
  // a debt of several windows is paid window by window, not forgiven at the first boundary
  const passed = Math.round((start - count.start) / window.windowMs);
  count.used = Math.max(0, count.used - passed * window.capacity);
  count.start = start;
}

/**
 * Fixed window: a counter that starts anew at each multiple of the window's length. Up to twice the capacity may start
 * around a boundary; that is what the algorithm allows, and providers that count so allow it.
 * Source: the common practice; S. Tanenbaum, "Computer Networks", calls it a jumping window.
 */
export const fixedWindow: Algorithm<Count> = {
  name: 'FixedWindow',
  refundsUnused: false,
  initial: (window, now) => ({ start: Math.floor(now / window.windowMs) * window.windowMs, used: 0 }),
  available(window, count, now) {
    roll(window, count, now);
    return window.capacity - count.used;
  },
  availableAt(window, count, now, amount) {
    if (amount > window.capacity + tolerance(window)) return Infinity;
    roll(window, count, now);
    const excess = count.used + amount - window.capacity;
    if (excess <= tolerance(window)) return now;
    return count.start + Math.ceil(excess / window.capacity - 1e-9) * window.windowMs;
  },
  consume(window, count, at, amount) {
    roll(window, count, at);
    count.used += amount;
  },
  refund() {
    // the window has counted them
  },
};
