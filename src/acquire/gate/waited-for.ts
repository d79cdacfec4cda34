import type { WaitedFor } from '../../limiter/errors/waiting-errors';
import type { Capacity } from '../../limiter/ledger/capacity';
import type { Waiting } from '../../limiter/waiting/wait-queue';
import { addAt, at, type Vector } from '../../limiter/vector/vector';

/** So many of those ahead are looked at. */
const MAX_AHEAD = 1_000;

/** Which limits would have kept a request waiting, and how long: first the one that would have longest. */
export function waitedFor(capacity: Capacity, amounts: Vector, before: Iterable<Waiting>, now: number): WaitedFor[] {
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
  const found = capacity.definitions.flatMap(({ key, capacity: defined }, i): WaitedFor[] => {
    const amount = at(amounts, i);
    const ms = amount === 0 ? 0 : expectedWaitMs(capacity, i, at(needed, i), now);
    if (ms <= 0) return [];
    const free = Math.max(0, capacity.available(i, now));
    const expectedInMs = ms === Infinity ? undefined : ms;
    return [{ limit: key, needed: amount, capacity: defined, free, ahead: at(ahead, i), expectedInMs }];
  });
  const longest = ({ expectedInMs }: WaitedFor): number => expectedInMs ?? Number.MAX_VALUE;
  return found.sort((a, b) => longest(b) - longest(a));
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
