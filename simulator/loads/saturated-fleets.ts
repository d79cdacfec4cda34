import type { LimitDefinition } from '../../src/limiter/definition/definition';
import { Fleet } from '../fleet/fleet';
import { historyEvents, trafficSince } from '../fleet/traffic';
import { calls, defined, permits, tokens } from '../scenario/definitions';
import type { Job } from '../scenario/job';

/** A fleet with more work than its limits allow. */
export interface SaturatedFleet {
  readonly name: string;
  readonly limits: readonly LimitDefinition[];
  readonly clients: number;
  readonly workersPerClient: number;
  readonly nextJob: (random: () => number) => Job;
  /** What binds: the key of a limit. */
  readonly binding: string;
  /** How long to watch. Unit: milliseconds. */
  readonly runMs: number;
}

/** What became of it. */
export interface Outcome {
  /** Share of the binding limit that was used, after the first window. */
  readonly share: number;
  readonly worstExcess: number;
  readonly acquisitions: number;
  /** Fewest acquisitions of a process, relative to the mean. */
  readonly fairness: number;
  readonly signals: number;
  readonly pushes: number;
  readonly wakes: number;
  /** As the history of a limiter workflow would count them. */
  readonly events: number;
}

const after = (holdMs: number) => (): Job => ({ requested: {}, holdMs });

/** The cases by which throughput is judged. */
export const scenarios: Readonly<Record<string, SaturatedFleet>> = {
  a: {
    name: 'a. 100 calls per 5 s, 20 connections held for 200 ms',
    limits: [calls(100, 5_000), permits(20)],
    clients: 8,
    workersPerClient: 20,
    nextJob: after(200),
    binding: 'calls',
    runMs: 60_000,
  },
  b: {
    name: 'b. 20,000 tokens per 5 s in requests of 50 to 2,000',
    limits: [tokens(20_000, 5_000), permits(50)],
    clients: 8,
    workersPerClient: 20,
    nextJob: (random) => ({ requested: { tokens: Math.round(50 * 40 ** random()) }, holdMs: 100 + 400 * random() }),
    binding: 'tokens',
    runMs: 60_000,
  },
  c: {
    name: 'c. 20 connections held for 100 ms, 2 processes',
    limits: [permits(20)],
    clients: 2,
    workersPerClient: 40,
    nextJob: after(100),
    binding: 'connections',
    runMs: 30_000,
  },
  d: {
    name: 'd. 1,000 calls/s',
    limits: [calls(5_000, 5_000)],
    clients: 8,
    workersPerClient: 100,
    nextJob: (random) => ({ requested: {}, holdMs: 50 + 100 * random() }),
    binding: 'calls',
    runMs: 30_000,
  },
  e: {
    name: 'e. 10 calls/s in windows of 60 s',
    limits: [calls(600, 60_000)],
    clients: 8,
    workersPerClient: 20,
    nextJob: (random) => ({ requested: {}, holdMs: 500 + 1_000 * random() }),
    binding: 'calls',
    runMs: 300_000,
  },
  f: {
    name: 'f. 3 connections held for 200 ms, 8 processes',
    limits: [permits(3)],
    clients: 8,
    workersPerClient: 10,
    nextJob: after(200),
    binding: 'connections',
    runMs: 60_000,
  },
  g: {
    name: 'g. 32 connections held for 200 ms, 64 processes, with calls to spare',
    limits: [calls(1_000_000, 60_000), permits(32)],
    clients: 64,
    workersPerClient: 2,
    nextJob: after(200),
    binding: 'connections',
    runMs: 60_000,
  },
};

/** Plays a scenario; the same seed plays the same. */
export async function play(scenario: SaturatedFleet, seed = 1): Promise<Outcome> {
  const { limits, clients, workersPerClient, nextJob, binding, runMs } = scenario;
  const fleet = new Fleet({ seed, clients, definition: defined(limits) });
  for (const process of fleet.processes) process.work(workersPerClient, () => nextJob(fleet.random));
  const limit = limits.find(({ key }) => key === binding)!;
  const warmUpMs = limit.kind === 'resource' ? 2_000 : limit.windowMs;
  await fleet.runFor(warmUpMs);
  const before = { ...fleet.limiter.traffic };
  const startedBefore = fleet.started;
  const spent = (): number =>
    limit.kind === 'resource'
      ? (fleet.providers.permits.get(binding)?.timeUntil(fleet.world.now()) ?? 0)
      : (fleet.providers.units.get(binding)?.total ?? 0);
  const spentBefore = spent();
  await fleet.runFor(runMs);
  const acquisitions = fleet.started - startedBefore;
  const ideal = limit.kind === 'resource' ? limit.capacity * runMs : (limit.capacity / limit.windowMs) * runMs;
  const actual = spent() - spentBefore;
  const served = fleet.processes.map(({ acquisitions }) => acquisitions.length);
  const traffic = trafficSince(before, fleet.limiter.traffic);
  const per1000 = (count: number): number => Math.round((count * 1_000) / acquisitions);
  return {
    share: actual / ideal,
    worstExcess: fleet.worstExcess(),
    acquisitions,
    fairness: Math.min(...served) / (served.reduce((sum, n) => sum + n, 0) / clients),
    signals: per1000(traffic.signals),
    pushes: per1000(traffic.pushes),
    wakes: per1000(traffic.wakes),
    events: per1000(historyEvents(traffic)),
  };
}
