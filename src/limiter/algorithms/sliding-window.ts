import { type Window, tolerance, type Algorithm } from './algorithm';
import { addAt, at } from '../vector/vector';

/** Most segments kept; a window of 60 s is then told apart to 0.12 s at worst, to the safe side. */
const MAX_SEGMENTS = 1024;

interface Log {
  /** When each segment leaves the window, ascending. Entries before `head` have left. */
  ends: number[];
  /** Units of each segment. */
  amounts: number[];
  head: number;
  /** Sum of the segments that have not left. */
  used: number;
  /** The latest moment seen. */
  at: number;
}

function slide(log: Log, now: number): void {
  if (now > log.at) log.at = now;
  while (log.head < log.ends.length && (log.ends[log.head] ?? Infinity) <= log.at) {
    log.used -= at(log.amounts, log.head);
    log.head += 1;
  }
  if (log.head === log.ends.length) {
    log.ends.length = 0;
    log.amounts.length = 0;
    log.head = 0;
    log.used = 0; // also drops what rounding had left
  } else if (log.head > MAX_SEGMENTS) {
    log.ends.splice(0, log.head);
    log.amounts.splice(0, log.head);
    log.head = 0;
  }
}

/**
 * Joins the segments that leave within the same 1/512 of the window; each cell leaves with its last unit, so never too
 * early. At least half of the room is free afterwards, hence O(1) amortised.
 */
function merge(window: Window, log: Log): void {
  const cellMs = window.windowMs / (MAX_SEGMENTS / 2);
  const ends: number[] = [];
  const amounts: number[] = [];
  let cell = NaN;
  for (let i = log.head; i < log.ends.length; i += 1) {
    const end = at(log.ends, i);
    const amount = at(log.amounts, i);
    const itsCell = Math.ceil(end / cellMs);
    if (itsCell === cell) {
      ends[ends.length - 1] = end;
      addAt(amounts, amounts.length - 1, amount);
    } else {
      ends.push(end);
      amounts.push(amount);
      cell = itsCell;
    }
  }
  log.ends = ends;
  log.amounts = amounts;
  log.head = 0;
}

function insert(window: Window, log: Log, end: number, amount: number): void {
  let i = log.ends.length;
  while (i > log.head && at(log.ends, i - 1) > end) i -= 1;
  if (i > log.head && log.ends[i - 1] === end) addAt(log.amounts, i - 1, amount);
  else if (i === log.ends.length) {
    log.ends.push(end);
    log.amounts.push(amount);
  } else {
    log.ends.splice(i, 0, end);
    log.amounts.splice(i, 0, amount);
  }
  if (log.ends.length - log.head > MAX_SEGMENTS) merge(window, log);
}

/**
 * Takes units out that leave the window at `end` or later: of the first segment from there on, which is theirs or one
 * that leaves before it, then of those before it. Once all of these are empty, of the segments that leave next. Whatever is
 * taken off another segment so leaves earlier than it might, never later. An empty segment stays, as the next one may leave
 * later than the units did.
 */
function takeOut(log: Log, end: number, amount: number): void {
  let [first, last] = [log.head, log.ends.length - 1];
  while (first < last) {
    const middle = (first + last) >> 1;
    if ((log.ends[middle] ?? Infinity) < end) first = middle + 1;
    else last = middle;
  }
  let left = amount;
  const take = (i: number): void => {
    const units = Math.min(left, at(log.amounts, i));
    addAt(log.amounts, i, -units);
    log.used -= units;
    left -= units;
  };
  for (let i = first; left > 0 && i >= log.head; i -= 1) take(i);
  for (let i = first + 1; left > 0 && i < log.ends.length; i += 1) take(i);
}

/**
 * Sliding window log: in any window of the given length, wherever it begins, no more than the capacity starts. The log
 * is kept in a bounded number of segments; merging only ever keeps a unit longer (by at most 1/512 of the window).
 * Source: the "sliding log" of the rate limiting literature, with the bucketed timestamps of
 * M. Datar et al., "Maintaining stream statistics over sliding windows", 2002, in cells of one width.
 */
export const slidingWindow: Algorithm<Log> = {
  name: 'SlidingWindow',
  unusedByDefault: 'kept',
  keepsStarts: true,
  initial: (_window, now) => ({ ends: [], amounts: [], head: 0, used: 0, at: now }),
  available(window, log, now) {
    slide(log, now);
    return window.capacity - log.used;
  },
  availableAt(window, log, now, amount) {
    if (amount > window.capacity + tolerance(window)) return Infinity;
    slide(log, now);
    let excess = log.used + amount - window.capacity;
    let moment = now;
    for (let i = log.head; excess > tolerance(window) && i < log.ends.length; i += 1) {
      excess -= at(log.amounts, i);
      moment = log.ends[i] ?? Infinity;
    }
    return moment;
  },
  consume(window, log, moment, amount) {
    // also here, or a log that is only ever charged would grow without bound
    slide(log, moment);
    if (amount === 0) return;
    const end = moment + window.windowMs;
    if (end <= log.at) return;
    log.used += amount;
    insert(window, log, end, amount);
  },
  refund(window, log, now, amount, started) {
    slide(log, now);
    const end = (started?.from ?? -Infinity) + window.windowMs;
    if (end <= log.at) return;
    takeOut(log, end, amount);
  },
};
