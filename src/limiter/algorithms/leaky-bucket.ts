import { type Window, tolerance, type Algorithm } from './algorithm';

interface Queue {
  /** Units in the bucket at the moment `at`. */
  level: number;
  at: number;
}

function leak(window: Window, queue: Queue, now: number): void {
  if (now <= queue.at) return;
  queue.level = Math.max(0, queue.level - ((now - queue.at) / window.windowMs) * window.capacity);
  queue.at = now;
}

/**
 * Leaky bucket as a meter: what is poured in leaks out at `capacity / window`, continuously; what would overflow
 * waits.
 * Source: ITU-T I.371, "Traffic control and congestion control in B-ISDN", annex A (continuous-state leaky bucket).
 */
export const leakyBucket: Algorithm<Queue> = {
  name: 'LeakyBucket',
  unusedByDefault: 'kept',
  initial: (_window, now) => ({ level: 0, at: now }),
  available(window, queue, now) {
    leak(window, queue, now);
    return window.capacity - queue.level;
  },
  availableAt(window, queue, now, amount) {
    if (amount > window.capacity + tolerance(window)) return Infinity;
    leak(window, queue, now);
    const excess = queue.level + amount - window.capacity;
    return excess <= tolerance(window) ? now : queue.at + (excess / window.capacity) * window.windowMs;
  },
  consume(window, queue, at, amount) {
    leak(window, queue, at);
    queue.level += amount;
  },
  refund(window, queue, now, amount) {
    leak(window, queue, now);
    queue.level = Math.max(0, queue.level - amount);
  },
};
