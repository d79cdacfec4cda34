import { tolerance, type Algorithm } from './algorithm';

interface Cell {
  /** Theoretical arrival time: when the units taken so far will all have been paid for. */
  tat: number;
}

/**
 * Generic cell rate algorithm: one number, the theoretical arrival time, moves on by `window / capacity` per unit and
 * may run at most a window ahead of the clock.
 * Source: ITU-T I.371, annex A (virtual scheduling); ATM Forum TM 4.0.
 */
export const gcra: Algorithm<Cell> = {
  name: 'GCRA',
  refundsUnused: true,
  initial: (_window, now) => ({ tat: now }),
  available: (window, cell, now) =>
    ((window.windowMs - Math.max(0, cell.tat - now)) * window.capacity) / window.windowMs,
  availableAt(window, cell, now, amount) {
    if (amount > window.capacity + tolerance(window)) return Infinity;
    const at = cell.tat + (amount * window.windowMs) / window.capacity - window.windowMs;
    return at - now <= window.windowMs * 1e-9 ? now : at;
  },
  consume(window, cell, at, amount) {
    cell.tat = Math.max(cell.tat, at) + (amount * window.windowMs) / window.capacity;
  },
  refund(window, cell, now, amount) {
    cell.tat = Math.max(now, cell.tat - (amount * window.windowMs) / window.capacity);
  },
};
