import type { WaitedFor } from '../../limiter/errors/waiting-errors';
import type { Capacity } from '../../limiter/ledger/capacity';
import type { Waiting } from '../../limiter/waiting/wait-queue';
import { addAt, at, type Vector } from '../../limiter/vector/vector';

/** So many of those ahead are looked at. */
const MAX_AHEAD = 1_000;

/** Which limit would have kept a request waiting longest, and how long; nothing if none would have. */
export function waitedFor(
  capacity: Capacity,
  amounts: Vector,
  before: Iterable<Waiting>,
  now: number,
): WaitedFor | undefined {
  const needed = amounts.slice();
  const ahead = amounts.map(() => 0);
  let looked = 0;
  for (const other of before) {
    if (looked === MAX_AHEAD) break;
    looked += 1;
    amounts.forEach((amount, i) => {
      const taken = at(other.amounts, i);
      if (amount === 0 || taken === 0) return;
      addAt(needed, i, taken);
      addAt(ahead, i, 1);
    });
  }
  let longest: WaitedFor | undefined;
  let longestMs = 0;
  capacity.definitions.forEach(({ key }, i) => {
    const amount = at(amounts, i);
    const ms = amount === 0 ? 0 : expectedWaitMs(capacity, i, at(needed, i), now);
    if (ms <= longestMs) return;
    longestMs = ms;
    const free = Math.max(0, capacity.available(i, now));
    const expectedInMs = ms === Infinity ? undefined : ms;
    longest = { limit: key, needed: amount, free, ahead: at(ahead, i), expectedInMs };
  });
  return longest;
}

/** What is more than the capacity takes whole windows besides. */
function expectedWaitMs(capacity: Capacity, index: number, amount: number, now: number): number {
  const limit = capacity.definitions[index];
  if (limit === undefined || limit.kind === 'resource' || amount <= limit.capacity) {
    return capacity.readyAtOne(index, amount, now) - now;
  }
  const full = capacity.readyAtOne(index, limit.capacity, now) - now;
  return full + ((amount - limit.capacity) / limit.capacity) * limit.windowMs;
}
