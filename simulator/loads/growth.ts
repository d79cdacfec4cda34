import { Fleet } from '../fleet/fleet';
import type { FleetWatch } from '../fleet/fleet-watch';
import { historyEvents, trafficSince } from '../fleet/traffic';
import { calls, defined, permits } from '../scenario/definitions';
import type { Job } from '../scenario/job';

/** More processes than a limiter takes as clients: those of a host share the one client of an agent. */
interface GrownFleet {
  readonly processes: number;
  /** Processes that share a client; 1: each has its own. */
  readonly perClient: number;
}

/** What became of it. */
interface Grown {
  /** Share of the calls that the limit allows; 1.2 times as many are wanted. */
  readonly share: number;
  /** How long a process waits, 99 times in 100, where 0.8 times as many are wanted. Unit: milliseconds. */
  readonly waitP99Ms: number;
  /** Calls, or permits, above a limit. */
  readonly excess: number;
  /** Processes that got fewer than half as many calls as the average. */
  readonly starved: number;
  /** Of the limiter's own code, in real time, for one workflow task. Unit: milliseconds. */
  readonly wakeMs: number;
  /** Workflow tasks, signals and pushes in a second, all together. */
  readonly messages: number;
  /** History events for each 1,000 acquisitions. */
  readonly events: number;
  /** The largest snapshot. Unit: bytes. */
  readonly snapshotBytes: number;
}

/** One transaction of the limiter's workflow takes so long on the server. */
const TRANSACTION_MS = 2;
/** What a process has of the limit, in calls a second. */
const CALLS_PER_PROCESS = 0.1;
const WINDOW_MS = 10_000;
const CALL_MS = 100;
/** From a process to the agent of its host, or back. */
const HOP_MS = 0.2;
const RUN_MS = 2 * WINDOW_MS;
const WEIGH_EVERY = 50;

const FLEETS: readonly GrownFleet[] = [
  { processes: 2_000, perClient: 1 },
  { processes: 2_000, perClient: 50 },
  { processes: 10_000, perClient: 50 },
  { processes: 50_000, perClient: 50 },
  { processes: 50_000, perClient: 200 },
];

/** Plays a fleet that wants so much of its limit: two windows, after as many to warm up. */
async function play({ processes, perClient }: GrownFleet, demand: number): Promise<Grown> {
  let [wakes, excess, snapshotBytes] = [0, 0, 0];
  const watch: FleetWatch = {
    permitsUsed: (_key, _amount, over) => (excess = Math.max(excess, over)),
    woke(state) {
      wakes += 1;
      if (wakes % WEIGH_EVERY === 1) snapshotBytes = Math.max(snapshotBytes, JSON.stringify(state()).length);
    },
  };
  const perWindow = (processes * CALLS_PER_PROCESS * WINDOW_MS) / 1_000;
  const fleet: Fleet = new Fleet({
    ...{ seed: 1, clients: Math.ceil(processes / perClient), transactionMs: TRANSACTION_MS, watches: [watch] },
    definition: defined([calls(perWindow, WINDOW_MS), permits(Math.ceil(processes / 20))]),
  });
  const served = new Array<number>(processes).fill(0);
  const waitsMs: number[] = [];
  const hopsMs = perClient > 1 ? 2 * HOP_MS : 0;
  const job: Job = { requested: {}, holdMs: CALL_MS + hopsMs };
  const everyMs = 1_000 / (CALLS_PER_PROCESS * demand);
  const call = async (index: number): Promise<void> => {
    const asked = fleet.world.now();
    const { requestedAt, acquiredAt } = await fleet.processes[Math.floor(index / perClient)]!.acquire(job);
    served[index]! += 1;
    waitsMs.push(acquiredAt - requestedAt + hopsMs);
    const restMs = everyMs * (0.5 + fleet.random()) - (fleet.world.now() - asked);
    fleet.world.after(Math.max(0, restMs), () => void call(index));
  };
  for (let i = 0; i < processes; i += 1) fleet.world.after(everyMs * fleet.random(), () => void call(i));
  await fleet.runFor(RUN_MS);
  const before = { traffic: { ...fleet.limiter.traffic }, busyMs: fleet.limiter.busyMs, started: fleet.started };
  served.fill(0);
  waitsMs.length = 0;
  await fleet.runFor(RUN_MS);
  const traffic = trafficSince(before.traffic, fleet.limiter.traffic);
  const started = fleet.started - before.started;
  return {
    share: started / (2 * perWindow),
    waitP99Ms: waitsMs.sort((a, b) => a - b)[Math.floor(waitsMs.length * 0.99)] ?? NaN,
    excess: Math.max(excess, fleet.worstExcess(), 0),
    starved: served.filter((count) => count < started / processes / 2).length,
    wakeMs: (fleet.limiter.busyMs - before.busyMs) / Math.max(1, traffic.wakes),
    messages: ((traffic.signals + traffic.pushes + traffic.wakes) * 1_000) / RUN_MS,
    events: (1_000 * historyEvents(traffic)) / started,
    snapshotBytes,
  };
}

/** Plays fleets of up to 50,000 processes, and prints what became of each. Whether nothing was above a limit. */
export async function measureGrowth(print: (line: string) => void): Promise<boolean> {
  let isKept = true;
  for (const fleet of FLEETS) {
    const [busy, idle] = [await play(fleet, 1.2), await play(fleet, 0.8)];
    const excess = Math.max(busy.excess, idle.excess);
    isKept &&= excess === 0;
    print(
      [
        `${fleet.processes} processes, ${fleet.perClient} for each client:`,
        `  ${(100 * busy.share).toFixed(1)} % of the quota used where 1.2 times as much is wanted, ${busy.starved} processes starved; ${excess} above a limit`,
        `  wait p99 ${idle.waitP99Ms.toFixed(0)} ms where 0.8 times as much is wanted`,
        `  ${busy.messages.toFixed(0)} messages a second, ${busy.events.toFixed(0)} events per 1,000 acquisitions, ${busy.wakeMs.toFixed(1)} ms a workflow task, snapshot ${Math.ceil(busy.snapshotBytes / 1e3)} kB`,
      ].join('\n'),
    );
  }
  return isKept;
}
