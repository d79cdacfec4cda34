import fc from 'fast-check';
import { Fleet } from '../../../simulator/fleet/fleet';
import { defined, tokens } from '../../../simulator/scenario/definitions';
import type { AlgorithmName } from '../../../src/limiter/algorithms/algorithm';
import type { LimitDefinition } from '../../../src/limiter/definition/definition';
import '../../support/property-seed';

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

/** Plays it. Says how many units are missing in the end of those that were not needed, and how many were granted and not started. */
async function missing(algorithm: AlgorithmName, { seed, slowestMs, jobs, pauses }: Play) {
  const clients = 1 + Math.max(...jobs.map(({ process }) => process));
  const fleet = new Fleet({ seed, clients, definition: defined([perDay(algorithm)]), slowestMs });
  const usedOf = ({ taken, usedShare }: Pick<(typeof jobs)[number], 'taken' | 'usedShare'>) =>
    Math.round(taken * usedShare);
  for (const { process, atMs, holdMs, ...units } of jobs)
    fleet.world.after(atMs, () => {
      const work = { requested: { tokens: units.taken }, used: { tokens: usedOf(units) }, holdMs };
      void fleet.processes[process]!.acquire(work);
    });
  for (const { process, atMs, forMs } of pauses)
    fleet.world.after(atMs, () => {
      fleet.processes[process % clients]!.pause(forMs);
    });
  // by client: one that has been silent for a lease is known no more
  const granted = new Map<string, number>();
  for (let ms = 0; ms < UNTIL_ALL_IS_TOLD_MS; ms += STEP_MS) {
    await fleet.runFor(STEP_MS);
    for (const client of fleet.limiter.allocator?.snapshot().clients ?? [])
      granted.set(client.id, client.units.granted[0]!);
  }
  expect(fleet.started).toBe(jobs.length);
  const { allocator, now } = fleet.limiter;
  const free = CAPACITY - jobs.reduce((sum, one) => sum + usedOf(one), 0);
  const started = jobs.reduce((sum, { taken }) => sum + taken, 0);
  return {
    units: free - allocator!.stats(now).limits['tokens']!.available,
    unstarted: [...granted.values()].reduce((sum, units) => sum + units, 0) - started,
  };
}

/** Units that lapse, and of which the same message tells that some were used and others of a newer grant were not. */
const LAPSED: Play = {
  seed: 0,
  slowestMs: 0,
  pauses: [],
  jobs: [
    { process: 2, atMs: 0, taken: 18, usedShare: 0, holdMs: 0 },
    { process: 2, atMs: 988, taken: 1, usedShare: 0, holdMs: 0 },
    { process: 2, atMs: 2_001, taken: 16, usedShare: 0, holdMs: 0 },
    { process: 2, atMs: 3_211, taken: 20, usedShare: 0, holdMs: 2_301 },
  ],
};

describe.each(['TokenBucket', 'GCRA'] as const)('what was started and not needed, %s', (algorithm) => {
  it('comes home', () =>
    fc.assert(
      fc.asyncProperty(play(500, 300), async (played) => {
        const { units } = await missing(algorithm, played);
        expect(Math.abs(units)).toBeLessThan(1);
      }),
      { examples: [[LAPSED]] },
    ));

  // one acquisition each: a process that has more asks for more ahead
  it('comes home where messages and processes take so long that grants lapse, but for those that were not started', () =>
    fc.assert(
      fc.asyncProperty(play(3_000, 3_000), async ({ jobs, ...rest }) => {
        const played = { ...rest, jobs: jobs.map((one, process) => ({ ...one, process })) };
        const { units, unstarted } = await missing(algorithm, played);
        expect(units).toBeGreaterThan(-1);
        expect(units).toBeLessThan(unstarted + 1);
      }),
    ));
});
