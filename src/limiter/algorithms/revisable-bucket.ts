import { type Window, tolerance, type Algorithm, type StartedWithin } from './algorithm';
import { addAt, at } from '../vector/vector';

/** Most beginnings told apart. */
const MAX_BEGINNINGS = 64;

/**
 * Beginnings, ascending, and for each what would be owed at `at` had nothing been owed when it came: what has been taken
 * since less what has recovered since. Several that are not told apart any more are one, of the largest amount.
 */
interface Past {
  at: number;
  readonly from: number[];
  readonly to: number[];
  readonly owed: number[];
}

/** What comes back in a number of milliseconds. */
function recovery({ capacity, windowMs }: Window, ms: number): number {
  return (ms / windowMs) * capacity;
}

function drop(past: Past, index: number): void {
  for (const column of [past.from, past.to, past.owed]) column.splice(index, 1);
}

function advance(window: Window, past: Past, now: number): void {
  if (now <= past.at) return;
  const recovered = recovery(window, now - past.at);
  past.at = now;
  // the infinite would be lost with the next snapshot: JSON has no word for it
  for (let i = 0; i < past.owed.length; i += 1)
    past.owed[i] = Math.max(-Number.MAX_VALUE, at(past.owed, i) - recovered);
  // the bucket was full between the two: before the second, only what comes more than a window late still matters
  const isSettled = (): boolean =>
    past.owed.length > 1 && at(past.owed, 0) <= at(past.owed, 1) && (past.to[1] ?? Infinity) < now - window.windowMs;
  while (isSettled()) drop(past, 0);
}

/** What is owed: there was a moment at which the bucket was full, and whichever it was, no more than the largest amount. */
function owed(past: Past): number {
  let most = 0;
  for (const amount of past.owed) if (amount > most) most = amount;
  return most;
}

/** Joins the two neighbours that differ least: what is owed is then too much by no more than that. */
function join(past: Past): void {
  let closest = 1;
  let least = Infinity;
  for (let i = 1; i < past.owed.length; i += 1) {
    const difference = Math.abs(at(past.owed, i) - at(past.owed, i - 1));
    if (difference >= least) continue;
    least = difference;
    closest = i;
  }
  past.to[closest - 1] = at(past.to, closest);
  past.owed[closest - 1] = Math.max(at(past.owed, closest - 1), at(past.owed, closest));
  drop(past, closest);
}

function take(window: Window, past: Past, moment: number, amount: number): void {
  let i = past.from.length;
  while (i > 0 && at(past.from, i - 1) > moment) i -= 1;
  for (let k = 0; k < i; k += 1) addAt(past.owed, k, amount);
  if (i > 0 && at(past.to, i - 1) >= moment) return;
  // if the bucket was full right then, this is what has been taken since, and what has recovered since
  const [next, later] = i < past.from.length ? [at(past.from, i), at(past.owed, i)] : [past.at, 0];
  past.from.splice(i, 0, moment);
  past.to.splice(i, 0, moment);
  past.owed.splice(i, 0, amount + later - recovery(window, next - moment));
  if (past.from.length > MAX_BEGINNINGS) join(past);
}

/**
 * A token bucket whose past may still be told: starts that are heard of late count from when they were, and units that
 * turn out not to have been needed come back as if they had never been taken. A bucket that only knows its present level
 * would give them back though it has been full since, and so had given them to others already.
 *
 * What is owed is the largest, over all moments, of what was taken since less what recovered since: the formula of
 * E. Reich, "On the integrodifferential equation of Takács", 1958. A change of the past changes it for the moments before
 * that. Where the past is known only roughly, too much is owed rather than too little.
 */
export const revisableBucket: Algorithm<Past> = {
  name: 'TokenBucket',
  unusedByDefault: 'returned',
  initial: (_window, now) => ({ at: now, from: [now], to: [now], owed: [0] }),
  available(window, past, now) {
    advance(window, past, now);
    return window.capacity - owed(past);
  },
  availableAt(window, past, now, amount) {
    if (amount > window.capacity + tolerance(window)) return Infinity;
    advance(window, past, now);
    const missing = amount + owed(past) - window.capacity;
    return missing <= tolerance(window) ? now : past.at + (missing / window.capacity) * window.windowMs;
  },
  consume(window, past, moment, amount) {
    advance(window, past, moment);
    if (amount > 0) take(window, past, Math.max(moment, past.from[0] ?? moment), amount);
  },
  refund(window, past, now, amount, started = NEVER) {
    advance(window, past, now);
    // what may have come before the start and after it: no more has recovered in between than that
    const inside = Math.max(0, amount - recovery(window, started.to - started.from));
    for (let i = 0; i < past.owed.length; i += 1) {
      const to = past.to[i] ?? Infinity;
      const certain = to < started.from ? amount : to <= started.to ? inside : 0;
      addAt(past.owed, i, -certain);
    }
  },
  limit(past, most) {
    for (let i = 0; i < past.owed.length; i += 1) past.owed[i] = Math.min(at(past.owed, i), most);
  },
};

/** Of units whose start is not told nothing can be said to be owed in vain. */
const NEVER: StartedWithin = { from: -Infinity, to: -Infinity };
