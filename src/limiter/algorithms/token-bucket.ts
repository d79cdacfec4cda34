import { type Window, tolerance, type Algorithm } from './algorithm';

interface Bucket {
  /** Tokens at the moment `at`. */
  tokens: number;
  at: number;
}

function refill(window: Window, bucket: Bucket, now: number): void {
  const passed = Math.max(0, now - bucket.at) / window.windowMs;
  // also when no time has passed: a capacity that was lowered live must not be exceeded by what is in the bucket
  bucket.tokens = Math.min(window.capacity, bucket.tokens + passed * window.capacity);
  if (now > bucket.at) bucket.at = now;
}

/**
 * Token bucket: a bucket of `capacity` tokens that refills at `capacity / window`; bursts up to a full bucket.
 * Source: J. Turner, "New directions in communications (or which way to the information age?)", 1986; RFC 2697.
 */
export const tokenBucket: Algorithm<Bucket> = {
  name: 'TokenBucket',
  unusedByDefault: 'returned',
  initial: (window, now) => ({ tokens: window.capacity, at: now }),
  available(window, bucket, now) {
    refill(window, bucket, now);
    return bucket.tokens;
  },
  availableAt(window, bucket, now, amount) {
    if (amount > window.capacity + tolerance(window)) return Infinity;
    refill(window, bucket, now);
    const missing = amount - bucket.tokens;
    return missing <= tolerance(window) ? now : bucket.at + (missing / window.capacity) * window.windowMs;
  },
  consume(window, bucket, at, amount) {
    refill(window, bucket, at);
    bucket.tokens -= amount;
  },
  refund(window, bucket, now, amount) {
    refill(window, bucket, now);
    bucket.tokens = Math.min(window.capacity, bucket.tokens + amount);
  },
};
