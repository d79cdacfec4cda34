import { setTimeout as sleep } from 'node:timers/promises';
import { type BaseLimitSet } from '../../src/acquire/set/base-limit-set';
import {
  type Acquisition,
  type AdaptiveRange,
  CallLimit,
  type Clock,
  type Limit,
  LimitSet,
  RateLimit,
  ResourceLimit,
} from '../../src/index';
import { LeasedSet } from '../support/leased-set';
import { type Contestant } from '../support/rounds';
import { type Case, PLENTY, REQUESTED, type Shape, WINDOW_SECONDS } from './cases';

/** A process that has gone on acquiring for so long is granted ahead what it takes. */
const UNTIL_AHEAD_MS = 3_500;
/** So few that all rounds are within what was granted: to wait for more takes messages, which are measured elsewhere. */
const PER_ROUND = 100;

/** This library in memory mode: acquire, update the usage, release. */
export async function own(entry: Case): Promise<Contestant> {
  const { shape, entries } = entry;
  const clock = new EarlierClock();
  const set = new LimitSet({ limits: limitsOf(entry), clock });
  const run = laps(set, shape);
  // spread over half of the window, so that none of them leaves before it was measured
  for (let i = 0; i < entries; i += 1) {
    clock.earlierMs = (1 - i / entries) * WINDOW_SECONDS * 500;
    if (shape === 'permit') await set.acquire();
    else await run(1);
  }
  clock.earlierMs = 0;
  return { name: 'temporal-limits', run };
}

/** The same once the provider has answered so: sets that have heard something note what is free of their limits. */
export async function heard(entry: Case, name: string, answer: object, adaptive?: AdaptiveRange): Promise<Contestant> {
  const set = new LimitSet({ limits: limitsOf(entry, adaptive), clock: new EarlierClock() });
  const run = laps(set, entry.shape, (slot) => slot.observe(answer));
  await run(1);
  return { name, run: laps(set, entry.shape) };
}

/** The same in Temporal mode, served from a lease; the limiter is in the process, so that no server takes part. */
export async function leased(entry: Case): Promise<Contestant> {
  const run = laps(new LeasedSet(limitsOf(entry), new EarlierClock()), entry.shape);
  for (const begun = performance.now(); performance.now() - begun < UNTIL_AHEAD_MS;) {
    await run(4 * PER_ROUND);
    await sleep(10);
  }
  return { name: 'from a lease', run, perRound: PER_ROUND };
}

/** The limits of a case. */
export function limitsOf({ shape, algorithm, entries }: Case, adaptive?: AdaptiveRange): Limit[] {
  if (shape === 'permit') return [new ResourceLimit({ key: 'connections', capacity: entries + 10, adaptive })];
  const window = { windowSeconds: WINDOW_SECONDS, capacity: PLENTY, algorithm, adaptive };
  const rates = shape === 'call' ? [] : Object.keys(REQUESTED);
  return [new CallLimit(window), ...rates.map((key) => new RateLimit({ ...window, key }))];
}

/** Acquires, tells the usage and releases, so many times. */
export function laps(
  set: BaseLimitSet,
  shape: Shape,
  and?: (slot: Acquisition) => void,
): (count: number) => Promise<undefined> {
  const requested = shape === 'call + 2 rates' ? REQUESTED : undefined;
  return async (count) => {
    for (let i = 0; i < count; i += 1) {
      const slot = await set.acquire({ requested });
      if (requested !== undefined) slot.update({ usage: requested });
      and?.(slot);
      await slot.release();
    }
  };
}

/** A clock that can be set back, to begin in the past. */
class EarlierClock implements Clock {
  earlierMs = 0;

  now(): number {
    return performance.timeOrigin + performance.now() - this.earlierMs;
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  }

  turn(action: () => void): void {
    setImmediate(action);
  }
}
