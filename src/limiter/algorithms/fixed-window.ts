import { type Window, tolerance, type Algorithm } from './algorithm';

interface Count {
  /** The latest moment seen; `used` counts the window it lies in. */
  at: number;
  used: number;
}

/**
 * Number of the window that a moment lies in. The quotient of a boundary may round to the window before it: a request
 * that waits for the end of that one would wait for ever.
 */
function indexOf(window: Window, at: number): number {
  const index = Math.floor(at / window.windowMs);
  if ((index + 1) * window.windowMs <= at) return index + 1;
  return index * window.windowMs > at ? index - 1 : index;
}

function roll(window: Window, count: Count, now: number): void {
  if (now <= count.at) return;
  const passed = indexOf(window, now) - indexOf(window, count.at);
  // a debt of several windows is paid window by window, not forgiven at the first boundary
  if (passed > 0) count.used = Math.max(0, count.used - passed * window.capacity);
  count.at = now;
}

/**
 * Fixed window: a counter that starts anew at each multiple of the window's length. Up to twice the capacity may start
 * around a boundary; that is what the algorithm allows, and providers that count so allow it.
 * Source: the common practice; S. Tanenbaum, "Computer Networks", calls it a jumping window.
 */
export const fixedWindow: Algorithm<Count> = {
  name: 'FixedWindow',
  unusedByDefault: 'kept',
  initial: (_window, now) => ({ at: now, used: 0 }),
  available(window, count, now) {
    roll(window, count, now);
    return window.capacity - count.used;
  },
  availableAt(window, count, now, amount) {
    if (amount > window.capacity + tolerance(window)) return Infinity;
    roll(window, count, now);
    const excess = count.used + amount - window.capacity;
    if (excess <= tolerance(window)) return now;
    return (indexOf(window, count.at) + Math.ceil(excess / window.capacity - 1e-9)) * window.windowMs;
  },
  consume(window, count, at, amount) {
    roll(window, count, at);
    count.used += amount;
  },
  refund(window, count, now, amount, started) {
    roll(window, count, now);
    // what may have been counted in a window that is over is not taken off this one
    if (started === undefined || indexOf(window, started.from) < indexOf(window, count.at)) return;
    count.used = Math.max(0, count.used - amount);
  },
  limit(count, most) {
    count.used = Math.min(count.used, most);
  },
};
