import { Fleet } from '../../../simulator/fleet/fleet';
import { calls, defined, permits, tokens } from '../../../simulator/scenario/definitions';
import type { LimitDefinition } from '../../../src/limiter/definition/definition';

/** Processes that begin one after the other to do as much as they are let. */
interface Newcomers {
  readonly limits: readonly LimitDefinition[];
  /** Requests of each process at a time. */
  readonly requests: readonly number[];
  readonly holdMs: number;
  /** From so long after one has begun, */
  readonly afterMs: number;
  /** in every span of this length until the next begins, */
  readonly spanMs: number;
  /** nobody gets less than this share of the mean of those that are busy. */
  readonly least: number;
}

/** One process is busy for so long before the next one begins. Unit: milliseconds. */
const APART_MS = 6_000;

const bucket = (perSecond: number, windowMs: number): LimitDefinition => ({
  ...tokens((perSecond * windowMs) / 1_000, windowMs),
  algorithm: 'TokenBucket',
});
const EIGHT = [8, 8, 8, 8];
const HUNDRED = [100, 100, 100, 100];

/**
 * Whose requests fill more than a second by themselves are served in the order in which they came, so a newcomer waits for
 * its turn; here there are fewer. Where windows are long, units are out for a second ahead, and pace takes some of them.
 */
const SITUATIONS: Readonly<Record<string, Newcomers>> = {
  '12 permits': {
    limits: [permits(12)],
    requests: [20, 20, 20, 20],
    holdMs: 100,
    afterMs: 500,
    spanMs: 500,
    least: 0.8,
  },
  '12 permits, and unlike numbers of requests': {
    ...{ limits: [permits(12)], requests: [40, 8, 20, 8], holdMs: 100, afterMs: 1_000, spanMs: 500, least: 0.7 },
  },
  '100 calls in any second': {
    ...{ limits: [calls(100, 1_000)], requests: EIGHT, holdMs: 20, afterMs: 1_000, spanMs: 1_000, least: 0.6 },
  },
  '1,000 calls in any second': {
    ...{ limits: [calls(1_000, 1_000)], requests: HUNDRED, holdMs: 20, afterMs: 1_000, spanMs: 1_000, least: 0.6 },
  },
  'a bucket that fills in a second': {
    ...{ limits: [bucket(100, 1_000)], requests: EIGHT, holdMs: 20, afterMs: 1_000, spanMs: 1_000, least: 0.6 },
  },
  'a bucket that fills in five seconds': {
    ...{ limits: [bucket(100, 5_000)], requests: EIGHT, holdMs: 20, afterMs: 3_000, spanMs: 3_000, least: 0.6 },
  },
};

/** The smallest share that any process got in any of the spans. */
async function leastShare({ limits, requests, holdMs, afterMs, spanMs }: Newcomers, seed: number): Promise<number> {
  const passed: { readonly owner: string; readonly at: number }[] = [];
  const fleet: Fleet = new Fleet({
    ...{ seed, clients: requests.length, definition: defined(limits) },
    watches: [{ acquired: ({ owner }) => void passed.push({ owner, at: fleet.world.now() }) }],
  });
  let least = Infinity;
  for (const [last, newcomer] of fleet.processes.entries()) {
    const begun = fleet.world.now();
    newcomer.work(requests[last]!, () => ({ requested: { tokens: 1 }, holdMs }));
    await fleet.runFor(APART_MS);
    for (let from = begun + afterMs; from + spanMs <= fleet.world.now(); from += spanMs) {
      const inSpan = passed.filter(({ at }) => at >= from && at < from + spanMs);
      const busy = fleet.processes.slice(0, last + 1);
      const counts = busy.map((process) => inSpan.filter(({ owner }) => owner === process.owner).length);
      least = Math.min(least, (Math.min(...counts) * counts.length) / inSpan.length);
    }
  }
  expect(fleet.worstExcess()).toBeLessThanOrEqual(1e-6);
  return least;
}

test.each(Object.keys(SITUATIONS))('processes that become busy get their share before long: %s', async (name) => {
  const situation = SITUATIONS[name]!;
  for (const seed of [1, 2, 3]) expect(await leastShare(situation, seed)).toBeGreaterThanOrEqual(situation.least);
});
