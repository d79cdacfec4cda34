import { type Window, tolerance, type Algorithm } from './algorithm';

interface Cell {
  /**
   * How far the theoretical arrival time, at which all units taken so far will have been paid for, is ahead of `at`.
   * Unit: milliseconds. Kept as a distance: a date of today has no digits left for one unit among millions.
   */
  aheadMs: number;
  /** The latest moment seen. */
  at: number;
}

function advance(cell: Cell, now: number): void {
  if (now <= cell.at) return;
  cell.aheadMs = Math.max(0, cell.aheadMs - (now - cell.at));
  cell.at = now;
}

/** The time that units take at the sustained rate. */
function costMs(window: Window, amount: number): number {
  return (amount / window.capacity) * window.windowMs;
}

/**
 * Generic cell rate algorithm: one number, the theoretical arrival time, moves on by `window / capacity` per unit and
 * may run at most a window ahead of the clock.
 * Source: ITU-T I.371, annex A (virtual scheduling); ATM Forum TM 4.0.
 */
export const gcra: Algorithm<Cell> = {
  name: 'GCRA',
  unusedByDefault: 'returned',
  initial: (_window, now) => ({ aheadMs: 0, at: now }),
  available(window, cell, now) {
    advance(cell, now);
    return ((window.windowMs - cell.aheadMs) / window.windowMs) * window.capacity;
  },
  availableAt(window, cell, now, amount) {
    if (amount > window.capacity + tolerance(window)) return Infinity;
    advance(cell, now);
    const lateMs = cell.aheadMs + costMs(window, amount) - window.windowMs;
    return lateMs <= window.windowMs * 1e-9 ? now : cell.at + lateMs;
  },
  consume(window, cell, at, amount) {
    advance(cell, at);
    cell.aheadMs += costMs(window, amount);
  },
  refund(window, cell, now, amount) {
    advance(cell, now);
    cell.aheadMs = Math.max(0, cell.aheadMs - costMs(window, amount));
  },
};
