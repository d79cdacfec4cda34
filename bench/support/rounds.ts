import { setImmediate } from 'node:timers/promises';

/** One that is measured. */
export interface Contestant {
  readonly name: string;
  /** Acquisitions in a round. @default as many as take two milliseconds */
  readonly perRound?: number;
  /** Does so many acquisitions. Resolves with the time that they took, or measures nothing and leaves that to the caller. */
  run(count: number): Promise<number | undefined>;
}

/** Median and quartiles over the rounds. Unit: microseconds per acquisition. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Short enough to fit, mostly, between two interruptions by whatever else the machine does. Unit: milliseconds. */
const ROUND_MS = 2;
const WARM_UP_MS = 150;
const ROUNDS = 41;

/**
 * Measures contestants against each other: all of them warm first, then short rounds in turns, so that what disturbs the
 * machine for a while disturbs all of them; the median over the rounds ignores it.
 */
export async function measure(contestants: readonly Contestant[]): Promise<Map<string, Spread>> {
  const counts = new Map<Contestant, number>();
  for (const contestant of contestants) counts.set(contestant, await warmUp(contestant));
  const times = new Map(contestants.map((contestant) => [contestant, [] as number[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contestant of contestants) {
      const count = counts.get(contestant) ?? 1;
      times.get(contestant)?.push((1_000 * (await timed(contestant, count))) / count);
    }
  }
  return new Map(contestants.map((contestant) => [contestant.name, spread(times.get(contestant) ?? [])]));
}

/** Median and quartiles of what was measured. */
export function spread(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/** A quantile of what is sorted. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round((sorted.length - 1) * share)] ?? NaN;
}

/** Runs it until it is warm. Says how many acquisitions make a round. */
async function warmUp(contestant: Contestant): Promise<number> {
  let count = contestant.perRound ?? 8;
  let fastestMs = Infinity;
  for (let spentMs = 0; spentMs < WARM_UP_MS;) {
    const ms = await timed(contestant, count);
    spentMs += ms;
    // of the fastest, or one that was interrupted would make rounds so short that their beginning is all that is measured
    fastestMs = Math.min(fastestMs, ms / count);
    count = contestant.perRound ?? Math.max(1, Math.min(2 * count, Math.round(ROUND_MS / fastestMs)));
  }
  return count;
}

async function timed(contestant: Contestant, count: number): Promise<number> {
  // what the one before it has left to be done later is not to be done in this one's time
  await setImmediate();
  const begun = performance.now();
  const reported = await contestant.run(count);
  return reported ?? performance.now() - begun;
}
