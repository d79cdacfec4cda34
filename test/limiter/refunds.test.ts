import fc from 'fast-check';
import { Fleet } from '../../simulator/fleet/fleet';
import { defined, tokens } from '../../simulator/fleet/saturated-fleets';
import type { AlgorithmName } from '../../src/limiter/algorithms/algorithm';
import type { LimitDefinition } from '../../src/limiter/definition';
import '../support/property-seed';

jest.setTimeout(120_000);

const CAPACITY = 1_000;
/** What recovers of a day's limit in a minute is too little to be seen. */
const perDay = (algorithm: AlgorithmName): LimitDefinition => ({ ...tokens(CAPACITY, 86_400_000), algorithm });
/** In milliseconds: longer than the slowest of the messages below takes a few times. */
const UNTIL_ALL_IS_TOLD_MS = 60_000;
const STEP_MS = 5_000;

const job = fc.record({
  process: fc.nat(2),
  /** When it is asked for. */
  atMs: fc.nat(8_000),
  taken: fc.integer({ min: 1, max: 20 }),
  usedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  holdMs: fc.oneof(fc.constant(0), fc.nat(6_000)),
});

/** Some jobs of a fleet, whose messages take so long at most, and whose processes stand still for so long at most. */
const play = (mostSlowMs: number, mostPauseMs: number) =>
  fc.record({
    seed: fc.nat(),
    slowestMs: fc.oneof(fc.constant(2), fc.nat(mostSlowMs)),
    jobs: fc.array(job, { minLength: 1, maxLength: 12 }),
    pauses: fc.array(fc.record({ process: fc.nat(2), atMs: fc.nat(9_000), forMs: fc.nat(mostPauseMs) }), {
      maxLength: 4,
    }),
  });
type Play = ReturnType<typeof play> extends fc.Arbitrary<infer T> ? T : never;

/** Plays it. Says what is missing of what was not needed, and what of that lapsed: it was given back, and nothing was heard of it for long. */
async function missing(algorithm: AlgorithmName, { seed, slowestMs, jobs, pauses }: Play) {
  const fleet = new Fleet({ seed, clients: 3, definition: defined([perDay(algorithm)]), slowestMs });
  const usedOf = ({ taken, usedShare }: (typeof jobs)[number]) => Math.round(taken * usedShare);
  for (const { process, atMs, ...one } of jobs)
    fleet.world.after(atMs, () => {
      const work = { requested: { tokens: one.taken }, used: { tokens: usedOf({ process, atMs, ...one }) }, ...one };
      void fleet.processes[process]!.acquire(work);
    });
  for (const { process, atMs, forMs } of pauses)
    fleet.world.after(atMs, () => {
      fleet.processes[process]!.pause(forMs);
    });
  // by client: one that has been silent for a lease is known no more
  const lapsed = new Map<string, number>();
  for (let ms = 0; ms < UNTIL_ALL_IS_TOLD_MS; ms += STEP_MS) {
    await fleet.runFor(STEP_MS);
    for (const client of fleet.limiter.allocator?.snapshot().clients ?? [])
      lapsed.set(client.id, client.lapsed?.untold[0] ?? 0);
  }
  expect(fleet.started).toBe(jobs.length);
  expect(fleet.worstExcess()).toBeLessThanOrEqual(0);
  const { allocator, now } = fleet.limiter;
  const free = CAPACITY - jobs.reduce((sum, one) => sum + usedOf(one), 0);
  return {
    units: free - allocator!.stats(now).limits['tokens']!.available,
    lapsed: [...lapsed.values()].reduce((sum, units) => sum + units, 0),
  };
}

describe.each(['TokenBucket', 'GCRA'] as const)('what was started and not needed, %s', (algorithm) => {
  it('comes home', () =>
    fc.assert(
      fc.asyncProperty(play(500, 300), async (played) => {
        const { units } = await missing(algorithm, played);
        expect(Math.abs(units)).toBeLessThan(1);
      }),
    ));

  it('comes home where messages and processes take so long that grants lapse, all but what was not started of those', () =>
    fc.assert(
      fc.asyncProperty(play(3_000, 2_000), async (played) => {
        const { units, lapsed } = await missing(algorithm, played);
        expect(units).toBeGreaterThan(-1);
        expect(units).toBeLessThan(lapsed + 1);
      }),
    ));
});
