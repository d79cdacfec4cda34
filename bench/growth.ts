/**
 * Whether anything that grows a hundredfold makes an acquisition dearer: clients of one limiter and requests that wait,
 * on a fleet in virtual time whose limiter's work is timed; limits of a set and sets of a pool, in this process.
 * Entries of a window and waiting requests of one process: bench/in-process.ts.
 *
 *   npx tsx bench/growth.ts [file for the results]
 */
import { Fleet } from '../simulator/fleet/fleet';
import { historyEvents, trafficSince } from '../simulator/fleet/traffic';
import { calls, defined, permits } from '../simulator/scenario/definitions';
import { CallLimit, LimitPool, LimitSet, RateLimit } from '../src/index';
import type { FleetWatch } from '../simulator/fleet/fleet-watch';
import { figure, figures, type Finding, report } from './support/report';
import { type Contestant, measure, quantile } from './support/rounds';

const STEPS = [1, 10, 100] as const;
const PLENTY = 1e9;
/** Of virtual time, after as much for warming up. */
const RUN_MS = 5_000;

async function main(): Promise<void> {
  const findings: Finding[] = [];
  const numbers: Record<string, object> = {};
  for (const [title, fleetOf] of Object.entries(FLEETS)) {
    const costs: LimiterCost[] = [];
    for (const factor of STEPS) costs.push(await limiterCost(...fleetOf(factor)));
    const rows = costs.map(({ perAcquisitionUs, wakeMs, events }, i) => [
      ...[`× ${STEPS[i]}`, figure(perAcquisitionUs), wakeMs.map(figure).join(' / '), String(Math.round(events))],
    ]);
    const columns = [
      ...['', 'limiter, µs per acquisition', 'limiter, ms per workflow task p50 / p99 / most'],
      'events per 1,000 acquisitions',
    ];
    findings.push({ title, columns, rows });
    numbers[title] = costs;
  }
  for (const [title, contestantOf] of Object.entries(IN_PROCESS)) {
    // of a set's limits there are at most 32
    const steps = title.startsWith('limits') ? [1, 10, 31] : STEPS;
    const spreads = await measure(steps.map((factor) => contestantOf(factor)));
    const rows = [...spreads].map(([name, spread]) => [name, figures(spread)]);
    findings.push({ title, columns: ['', 'µs per acquisition'], rows });
    numbers[title] = Object.fromEntries(spreads);
  }
  report('growth', findings, numbers, process.argv[2]);
}

/** Processes, the calls in five seconds and the permits that they share, and requests in each process. */
type FleetSize = readonly [clients: number, capacity: number, permits: number, requests: number];

const FLEETS: Readonly<Record<string, (factor: number) => FleetSize>> = {
  'clients of one limiter, which allows each 20 calls/s': (factor) => [factor, 100 * factor, 10 * factor, 20],
  'requests that wait, in 4 processes that share 80 calls/s': (factor) => [4, 400, 40, 20 * factor],
};

interface LimiterCost {
  readonly perAcquisitionUs: number;
  /** Of a workflow task, without what Temporal does: median, 99th percentile, and the most. */
  readonly wakeMs: number[];
  /** For each 1,000 acquisitions. */
  readonly events: number;
}

async function limiterCost(
  clients: number,
  capacity: number,
  connections: number,
  requests: number,
): Promise<LimiterCost> {
  const wakesMs: number[] = [];
  let spentMs = 0;
  const watch: FleetWatch = {
    woke() {
      wakesMs.push(fleet.limiter.busyMs - spentMs);
      spentMs = fleet.limiter.busyMs;
    },
  };
  const definition = defined([calls(capacity, 5_000), permits(connections)]);
  const fleet: Fleet = new Fleet({ seed: 1, clients, definition, watches: [watch] });
  for (const process of fleet.processes) process.work(requests, () => ({ requested: {}, holdMs: 200 }));
  await fleet.runFor(RUN_MS);
  const before = { traffic: { ...fleet.limiter.traffic }, busyMs: fleet.limiter.busyMs, started: fleet.started };
  wakesMs.length = 0;
  await fleet.runFor(RUN_MS);
  const started = fleet.started - before.started;
  const events = historyEvents(trafficSince(before.traffic, fleet.limiter.traffic));
  wakesMs.sort((a, b) => a - b);
  return {
    perAcquisitionUs: (1_000 * (fleet.limiter.busyMs - before.busyMs)) / started,
    wakeMs: [0.5, 0.99, 1].map((share) => quantile(wakesMs, share)),
    events: (1_000 * events) / started,
  };
}

const IN_PROCESS: Readonly<Record<string, (factor: number) => Contestant>> = {
  'limits of a set, of which a request names one and takes a call': (factor) => {
    const window = { windowSeconds: 60, capacity: PLENTY };
    const rates = Array.from({ length: factor }, (_, i) => new RateLimit({ ...window, key: `tokens-${i}` }));
    const set = new LimitSet({ limits: [new CallLimit(window), ...rates] });
    return laps(`${factor + 1} limits`, async () => {
      const slot = await set.acquire({ requested: { 'tokens-0': 10 } });
      slot.update({ usage: { 'tokens-0': 10 } });
      await slot.release();
    });
  },
  'sets of a pool, in rotation': (factor) => pool(factor, 'RoundRobin'),
  'sets of a pool, the one with the least to wait': (factor) => pool(factor, 'LeastWait'),
};

function pool(sets: number, loadBalancing: 'RoundRobin' | 'LeastWait'): Contestant {
  const one = (): LimitSet => new LimitSet({ limits: [new CallLimit({ windowSeconds: 60, capacity: PLENTY })] });
  const all = new LimitPool({ limitSets: Array.from({ length: sets }, one), loadBalancing });
  return laps(`${sets} sets`, async () => {
    await (await all.acquire()).release();
  });
}

function laps(name: string, lap: () => Promise<void>): Contestant {
  return {
    name,
    async run(count) {
      for (let i = 0; i < count; i += 1) await lap();
      return undefined;
    },
  };
}

void main();
